import { expect, test } from "bun:test";
import { plainCopy, plainText } from "./plain-text.ts";

test("what could steer a terminal is taken out; tabs and ends of lines stay", () => {
  expect(plainText("\u001b[31mred\u001b[0m\u001b]0;title\u0007 a\tb\nc\r\u0008")).toBe(
    "red a\tb\nc",
  );
  expect(plainText("Grüße, ✓ 日本")).toBe("Grüße, ✓ 日本");
});

test("a copy is plain in all its depth, and otherwise the same", () => {
  const value = { a: ["\u001b[2Jx", 1, null], b: { c: "y\u0007", d: true } };
  expect(plainCopy(value)).toEqual({ a: ["x", 1, null], b: { c: "y", d: true } });
});
