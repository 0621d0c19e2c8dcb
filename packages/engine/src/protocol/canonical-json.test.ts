import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonicalJson } from "./canonical-json.ts";

describe("canonical JSON", () => {
  test.each<[string, unknown, string]>([
    ["null", null, "null"],
    ["a boolean", true, "true"],
    ["text", "a", '"a"'],
    ["an empty object", {}, "{}"],
    ["an empty list", [], "[]"],
    ["a list in its order", [3, "1", null, { b: 1, a: 2 }], '[3,"1",null,{"a":2,"b":1}]'],
    ["nested objects", { b: { d: 1, c: 2 }, a: [] }, '{"a":[],"b":{"c":2,"d":1}}'],
    ["a field without a value", { b: undefined, a: 1 }, '{"a":1}'],
    ["a list with a hole", [undefined, 1], "[null,1]"],
  ])("writes %s", (_, value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  test("orders keys by UTF-16 code units (RFC 8785, section 3.2.3)", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    const keys = Object.keys(JSON.parse(canonicalJson(value)));
    expect(keys).toEqual(["1", "\r", "\u0080", "\u00f6", "\u20ac", "\ud83d\ude00", "\ufb33"]);
    expect(canonicalJson(value)).toStartWith('{"\\r":"Carriage Return","1":"One"');
  });

  test("orders numeric keys as text", () => {
    expect(canonicalJson({ 9: 0, 10: 0, a: 0 })).toBe('{"10":0,"9":0,"a":0}');
  });

  test("orders keys of which one begins the other", () => {
    expect(canonicalJson({ ab: 0, a: 0, "": 0 })).toBe('{"":0,"a":0,"ab":0}');
  });

  test.each([
    [0, "0"],
    [-0, "0"],
    [1.0, "1"],
    [Number("333333333.33333329"), "333333333.3333333"],
    [1e30, "1e+30"],
    [4.5, "4.5"],
    [2e-3, "0.002"],
    [0.000000000000000000000000001, "1e-27"],
    [1e21, "1e+21"],
    [1e20, "100000000000000000000"],
    [9007199254740991, "9007199254740991"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [0.000001, "0.000001"],
    [0.0000001, "1e-7"],
  ])("writes the number %p as %s", (value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  test("escapes only what JSON must (RFC 8785, section 3.2.2.2)", () => {
    const text = '\u20ac$\u000f\nA\'B"\\\\"/\u007f\u2028';
    expect(canonicalJson(text)).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f\u2028"');
    expect(canonicalJson({ "\b\t\n\f\r": 1 })).toBe('{"\\b\\t\\n\\f\\r":1}');
  });

  test("keeps a key named __proto__", () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":1}}'))).toBe(
      '{"__proto__":{"a":1},"b":1}',
    );
  });

  test("leaves an object with a toJSON field in its order, as the SDK does", () => {
    expect(canonicalJson({ b: 1, toJSON: "x", a: 2 })).toBe('{"b":1,"toJSON":"x","a":2}');
    expect(canonicalJson({ b: 1, toJSON: null })).toBe('{"b":1,"toJSON":null}');
  });

  test("refuses to follow a payload thousands of levels down", () => {
    const deep = JSON.parse(`${"[".repeat(2_500)}${"]".repeat(2_500)}`);
    expect(() => canonicalJson(deep)).toThrow("levels deep");
  });

  test("means the same as what was written, whatever the order it came in (property)", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reverseKeys(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reverseKeys(inner)]);
  return Object.fromEntries(entries.toReversed());
}
