import { expect, test } from "bun:test";
import { tokenizeJson } from "./json-tokens.ts";

const textOf = (text: string) =>
  tokenizeJson(text)
    .map((token) => token.text)
    .join("");

test("keys, texts, numbers and words are told apart", () => {
  const kinds = tokenizeJson('{"a": "b", "n": -1.5e3, "t": true, "z": null}')
    .filter((token) => token.kind !== "plain")
    .map((token) => `${token.kind} ${token.text}`);
  expect(kinds).toEqual([
    'key "a"',
    'text "b"',
    'key "n"',
    "number -1.5e3",
    'key "t"',
    "word true",
    'key "z"',
    "word null",
  ]);
});

test("a text with quotes, braces and backslashes stays one token", () => {
  expect(tokenizeJson(String.raw`"a \" { 1 } \\"`)).toEqual([
    { kind: "text", text: String.raw`"a \" { 1 } \\"` },
  ]);
});

test("no character is lost, even in a text that was cut", () => {
  for (const text of ["", '{\n  "a": "unfin', "[1, 2", 'x "y" : z'])
    expect(textOf(text)).toBe(text);
});
