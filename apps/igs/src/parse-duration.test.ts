import { expect, test } from "bun:test";
import { parseMoment, parseTimeout } from "./commands/common-flags.ts";
import { readDuration } from "./parse-duration.ts";

test.each([
  ["500ms", 500],
  ["90s", 90_000],
  ["30m", 1_800_000],
  ["2h", 7_200_000],
  ["1.5d", 129_600_000],
  ["1w", 604_800_000],
])("%s is %d milliseconds", (input, ms) => {
  expect(readDuration(input)).toBe(ms);
});

test.each(["", "2", "h", "-2h", "2 h", "2H", "1e3s", "2h30m"])("%p is no duration", (input) => {
  expect(readDuration(input)).toBeNull();
});

const NOW_MS = Date.parse("2026-11-24T12:00:00Z");

test("a moment is a date, milliseconds, or how long ago", () => {
  expect(parseMoment("2h", NOW_MS)).toBe("2026-11-24T10:00:00.000Z");
  expect(parseMoment("2026-11-21T08:00:00Z", NOW_MS)).toBe("2026-11-21T08:00:00.000Z");
  expect(parseMoment("0", NOW_MS)).toBe("1970-01-01T00:00:00.000Z");
});

test.each(["soon", "99999999999999999", "9000000000000000"])("%p is no moment", (input) => {
  expect(() => parseMoment(input, NOW_MS)).toThrow("such as 2h");
});

test("a timeout has a unit, and is above nothing", () => {
  expect(parseTimeout("30s")).toBe(30_000);
  for (const input of ["30", "0s", "soon"])
    expect(() => parseTimeout(input)).toThrow("such as 30s");
});
