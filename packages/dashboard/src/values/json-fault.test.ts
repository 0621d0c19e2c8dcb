import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { findJsonFault } from "./json-fault.ts";

describe("no fault is found in", () => {
  test.each([
    "{}",
    "[]",
    " null ",
    "-0.5e+3",
    '"a"',
    '{"a": [1, {"b": {}}, []], "c": "\\u00e9\\n"}',
    "[[[[]]]]",
  ])("%s", (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(findJsonFault(text)).toBeNull();
  });
});

describe("the fault is found in", () => {
  test.each([
    ['{\n  "a": 1,\n}', 3, 1, "a name in double quotes is expected"],
    ["{a: 1}", 1, 2, 'a name in double quotes or "}" is expected'],
    ["{'a': 1}", 1, 2, 'a name in double quotes or "}" is expected'],
    ['{"a" 1}', 1, 6, '":" is expected after a name'],
    ['{"a": }', 1, 7, "a value is expected"],
    ['{"a": yes}', 1, 7, "a value is expected"],
    ['{"a": 1 "b": 2}', 1, 9, '"," or a closing bracket is expected'],
    ['{"a": [1, 2}', 1, 12, '"," or a closing bracket is expected'],
    ["[1,]", 1, 4, "a value is expected"],
    ["[,1]", 1, 2, 'a value or "]" is expected'],
    ["{} {}", 1, 4, "nothing more is expected"],
    ['{"a": "b\nc"}', 1, 7, "a value is expected"],
    ["01", 1, 2, "nothing more is expected"],
    ['{"a": 1', 1, 8, 'the text ends too early, "," or a closing bracket is expected'],
    ["", 1, 1, "the text ends too early, a value is expected"],
  ])("%j at line %i, column %i: %s", (text, line, column, expected) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonFault(text)).toEqual({ line, column, expected });
  });
});

test("ten thousand open brackets are no reason to overflow", () => {
  expect(findJsonFault("[".repeat(10_000))).toMatchObject({ column: 10_001 });
});

test("a fault is found exactly where JSON.parse refuses", () => {
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "}", "[", "1", " ", "\\", "e"))
    .map(([text, at, inserted]) => {
      const offset = at % (text.length + 1);
      return text.slice(0, offset) + inserted + text.slice(offset + (inserted === "" ? 1 : 0));
    });
  fc.assert(
    fc.property(damaged, (text) => {
      expect(findJsonFault(text) === null).toBe(isJson(text));
    }),
    { numRuns: 2_000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
