import { expect, test } from "bun:test";
import { formatDuration } from "./duration-text.ts";

test.each([
  [0, "0 ms"],
  [38, "38 ms"],
  [999.4, "999 ms"],
  [999.6, "1 s"],
  [1_000, "1 s"],
  [4_607, "4.6 s"],
  [59_949, "59.9 s"],
  [59_960, "1 min"],
  [192_000, "3 min 12 s"],
  [3_599_600, "1 h"],
  [7_500_000, "2 h 5 min"],
  [86_400_000, "1 d"],
  [273_600_000, "3 d 4 h"],
])("%p milliseconds read as %p", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("a clock that ran backwards shows no negative time", () => {
  expect(formatDuration(-5)).toBe("0 ms");
});
