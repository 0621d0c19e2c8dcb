import { describe, expect, test } from "bun:test";
import { readCancelOn } from "./cancel-on.ts";

function read(value: unknown) {
  const problems: string[] = [];
  return { cancelOn: readCancelOn(value, problems), problems };
}

describe("cancelOn", () => {
  test("is read with its condition and its timeout", () => {
    const value = [
      { event: "a/stop", if: "event.data.id == async.data.id", timeout: "1h" },
      { event: "a/end", timeout: "2040-01-01T00:00:00.000Z" },
    ];
    expect(read(value)).toEqual({
      problems: [],
      cancelOn: [
        { event: "a/stop", expression: "event.data.id == async.data.id", timeout: "1h" },
        { event: "a/end", timeout: "2040-01-01T00:00:00.000Z" },
      ],
    });
  });

  test.each([[undefined], [null], [[]]])("of %p asks for nothing", (value) => {
    expect(read(value)).toEqual({ problems: [], cancelOn: [] });
  });

  test.each([
    [Array.from({ length: 6 }, () => ({ event: "x" })), "It has 6 entries of cancelOn; 5 are"],
    [[{ event: "x", timeout: "soon" }], 'The timeout "soon" of its cancelOn "x" is neither'],
    [
      [{ event: "x", if: "async.data.ids.exists(i, i == 1)" }],
      'The "if" of its cancelOn "x" is no valid expression: exists() at column',
    ],
    [[{ event: "" }], "Its cancelOn can't be read (0.event: "],
    [{ event: "x" }, "Its cancelOn can't be read ("],
    ["x", "Its cancelOn can't be read ("],
  ])("that is bad is a problem: case %#", (value, problem) => {
    expect(read(value).problems.join(" ")).toContain(problem);
  });
});
