import { describe, expect, test } from "bun:test";
import { readEventList } from "./read-event-list.ts";

describe("many events in one text", () => {
  test("are one a line; blank lines count and are passed over", () => {
    expect(readEventList('{"name":"a"}\n\n  {"name":"b"}\r\n')).toEqual({
      events: [
        { line: 1, value: { name: "a" } },
        { line: 3, value: { name: "b" } },
      ],
      problems: [],
    });
  });

  test("are an array, whose elements are told by the lines where they begin", () => {
    const text =
      '\n[\n  {"name": "a", "data": {"list": ["]", 1]}},\n\n  {"name":"b"}, {"name":"c"}\n]\n';
    expect(readEventList(text)).toEqual({
      events: [
        { line: 3, value: { name: "a", data: { list: ["]", 1] } } },
        { line: 5, value: { name: "b" } },
        { line: 5, value: { name: "c" } },
      ],
      problems: [],
    });
  });

  test("are one object over several lines", () => {
    expect(readEventList('\n{\n  "name": "a"\n}\n')).toEqual({
      events: [{ line: 2, value: { name: "a" } }],
      problems: [],
    });
  });

  test("are none in an empty text or an empty array", () => {
    for (const text of ["", "\n \n", "[]", " [ ] "])
      expect(readEventList(text)).toEqual({ events: [], problems: [] });
  });
});

describe("what is not JSON is told with its line", () => {
  test("each of several", () => {
    const { events, problems } = readEventList('{"name":"a"}\n{"name":\nplain words\n');
    expect(events).toHaveLength(1);
    expect(problems.map(({ line }) => line)).toEqual([2, 3]);
    expect(problems[0]?.problem).toStartWith("is not JSON: ");
  });

  test("in an array, where only some elements are at fault", () => {
    const { problems } = readEventList('[\n  {"name":"a"},\n  {"name":"b\\"},\n  {oops}\n]');
    expect(problems.map(({ line }) => line)).toEqual([3, 4]);
    expect(
      readEventList('[\n{"a":1},\n{oops},\n{"b":nope}]').problems.map(({ line }) => line),
    ).toEqual([3, 4]);
  });

  test("an array that doesn't end", () => {
    expect(readEventList('[{"name":"a"}').problems).toHaveLength(1);
  });
});
