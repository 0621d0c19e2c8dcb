import { expect, test } from "bun:test";
import { readTime } from "./wire-time.ts";

test("a time on the wire may have nanoseconds", () => {
  expect(readTime("2026-11-21T01:59:18.191331156Z")).toBe(Date.UTC(2026, 10, 21, 1, 59, 18, 191));
});

test("a time that is absent or none is undefined, never NaN", () => {
  expect(readTime(undefined)).toBeUndefined();
  expect(readTime("soon")).toBeUndefined();
});
