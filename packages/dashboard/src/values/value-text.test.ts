import { describe, expect, test } from "bun:test";
import { cutText, isEmptyValue, previewValue, printValue } from "./value-text.ts";

describe("a printed value", () => {
  test("is indented JSON", () => {
    expect(printValue({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
  });

  test('keeps its quotes when it is a text of one line, so that 1 and "1" differ', () => {
    expect(printValue("1")).toBe('"1"');
    expect(printValue(1)).toBe("1");
  });

  test("keeps its lines when it is a text of several", () => {
    expect(printValue("Error: x\n    at y")).toBe("Error: x\n    at y");
  });

  test("is null where null was returned, and nothing where nothing was", () => {
    expect(printValue(null)).toBe("null");
    expect(printValue(undefined)).toBe("");
  });
});

describe("a cut text", () => {
  test("shows everything that fits", () => {
    expect(cutText("a\nb", { linesMax: 2, charsMax: 3 })).toEqual({
      shown: "a\nb",
      hiddenChars: 0,
    });
  });

  test("ends before the first line too many", () => {
    expect(cutText("a\nb\nc", { linesMax: 2, charsMax: 99 })).toEqual({
      shown: "a\nb",
      hiddenChars: 2,
    });
  });

  test("ends within a line that is too long", () => {
    expect(cutText("x".repeat(10), { linesMax: 5, charsMax: 4 })).toEqual({
      shown: "xxxx",
      hiddenChars: 6,
    });
  });
});

test("a preview is one line of bounded length", () => {
  expect(previewValue({ url: "http://a.b" }, 80)).toBe('{"url":"http://a.b"}');
  expect(previewValue({ url: "x".repeat(100) }, 10)).toBe('{"url":"x…');
});

test("nothing, null and empty things have nothing to show; zero and false do", () => {
  for (const value of [undefined, null, "", {}, []]) expect(isEmptyValue(value)).toBe(true);
  for (const value of [0, false, "a", [0], { a: 1 }]) expect(isEmptyValue(value)).toBe(false);
});
