import { expect, test } from "bun:test";
import { formatAge, formatDuration } from "./format-time.ts";

test.each([
  [0, "0 ms"],
  [38, "38 ms"],
  [999.4, "999 ms"],
  [4_607, "4.6 s"],
  [59_949, "59.9 s"],
  [59_999, "1 min 00 s"],
  [125_000, "2 min 05 s"],
  [3_599_600, "1 h 00 min"],
  [3_720_000, "1 h 02 min"],
  [273_600_000, "3 d 04 h"],
])("%d ms are told as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [500, "just now"],
  [12_000, "12 s ago"],
  [180_000, "3 min ago"],
  [7_200_000, "2 h ago"],
  [47 * 3_600_000, "47 h ago"],
  [5 * 86_400_000, "5 d ago"],
  [-5_000, "just now"],
])("%d ms before now is %s", (ageMs, text) => {
  expect(formatAge(1_000_000_000 - ageMs, 1_000_000_000)).toBe(text);
});
