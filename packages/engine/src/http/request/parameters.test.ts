import { describe, expect, test } from "bun:test";
import { z } from "zod";
import {
  choiceParameter,
  choicesParameter,
  countParameter,
  flagParameter,
  momentParameter,
  readQuery,
  textParameter,
  textsParameter,
} from "./parameters.ts";

const QUERY = z.object({
  text: textParameter(""),
  texts: textsParameter(""),
  limit: countParameter("", { fallback: 20, max: 100 }),
  flag: flagParameter(""),
  from: momentParameter(""),
  choice: choiceParameter("", { choices: ["A", "B"], fallback: "B" }),
  choices: choicesParameter("", ["A", "B"]),
});

const read = (query: string) => readQuery(QUERY, `http://localhost/x?${query}`);

describe("a query parameter", () => {
  test("is a text, or nothing when absent or empty", () => {
    expect(read("text=b").text).toBe("b");
    expect(read("text=").text).toBeUndefined();
    expect(read("").text).toBeUndefined();
  });

  test("may come several times", () => {
    expect(read("texts=b&texts=c").texts).toEqual(["b", "c"]);
    expect(read("texts=").texts).toBeUndefined();
  });

  test("that no schema names is ignored", () => {
    expect(read("bogus=1")).not.toHaveProperty("bogus");
  });

  test.each([
    ["1", 1],
    ["100", 100],
    ["", 20],
  ])("limit=%p counts %p", (text, count) => {
    expect(read(`limit=${text}`).limit).toBe(count);
  });

  test.each(["0", "101", "-1", "1.5", "abc", "1e2", "99999999999999999999"])(
    "limit=%p is refused by name, with what it was and what it has to be",
    (text) => {
      expect(() => read(`limit=${text}`)).toThrow(
        `The parameter "limit" is "${text}", but has to be a whole number from 1 to 100.`,
      );
    },
  );

  test.each([
    ["true", true],
    ["1", true],
    ["false", false],
    ["0", false],
    ["", false],
  ])("flag=%p is %p", (text, value) => {
    expect(read(`flag=${text}`).flag).toBe(value);
  });

  test("that is no flag is refused", () => {
    expect(() => read("flag=yes")).toThrow("true or false");
  });

  test.each([
    ["2026-11-21T02:00:00Z", Date.UTC(2026, 10, 21, 2)],
    ["2026-11-21T03:00:00%2B01:00", Date.UTC(2026, 10, 21, 2)],
    ["2026-11-21T02:00:00.123456789Z", Date.UTC(2026, 10, 21, 2, 0, 0, 123)],
    ["2026-11-21", Date.UTC(2026, 10, 21)],
  ])("from=%p is a moment", (text, ms) => {
    expect(read(`from=${text}`).from).toBe(ms);
  });

  test.each(["yesterday", "2026-13-01", "1795226358483", "2026-11-21T02:00:00"])(
    "from=%p is none",
    (text) => {
      expect(() => read(`from=${text}`)).toThrow(`The parameter "from" is "${text}"`);
    },
  );

  test("is one of several choices, each once", () => {
    expect(read("choices=A&choices=B&choices=A").choices).toEqual(["A", "B"]);
    expect(read("").choices).toBeUndefined();
    expect(() => read("choices=A&choices=C")).toThrow(
      'The parameter "choices" is "C", but has to be one of A, B.',
    );
    expect(read("").choice).toBe("B");
  });
});
