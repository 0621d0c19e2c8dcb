import { describe, expect, test } from "bun:test";
import { JSON_DEPTH_MAX, parseJson } from "./json.ts";

const lists = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

describe("JSON from outside", () => {
  test("is read", () => {
    expect(parseJson(' {"a":[1,null]} ')).toEqual({ ok: true, value: { a: [1, null] } });
    expect(parseJson("null")).toEqual({ ok: true, value: null });
  });

  test.each(["", "{", "undefined", "{'a':1}", "[1,]", "NaN"])(
    "is refused when it is %p",
    (text) => {
      const reading = parseJson(text);
      expect(reading.ok).toBe(false);
      expect(!reading.ok && reading.problem).toStartWith("no JSON (");
    },
  );

  test.each([
    ["lists", lists],
    ["objects", objects],
  ])("is refused when its %s nest too deep to be written again", (_, nest) => {
    expect(parseJson(nest(JSON_DEPTH_MAX)).ok).toBe(true);
    expect(parseJson(nest(JSON_DEPTH_MAX + 1))).toEqual({
      ok: false,
      problem: "nested more than 1000 levels deep",
    });
    expect(parseJson(nest(1_000_000)).ok).toBe(false);
  });
});
