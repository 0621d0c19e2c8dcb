import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseDurationMs, parseIsoDate, parseTimeOrDuration } from "./duration.ts";
import { WAIT_MS_MAX } from "./limits.ts";

const NOON_MS = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;

describe("a duration", () => {
  test.each([
    ["0s", 0],
    ["10s", 10_000],
    ["500ms", 500],
    ["1m", 60_000],
    ["1h30m", 5_400_000],
    ["1d", DAY_MS],
    ["1w", 7 * DAY_MS],
    ["1w2d3h4m5s6ms", 7 * DAY_MS + 2 * DAY_MS + 3 * 3_600_000 + 4 * 60_000 + 5_000 + 6],
    ["1.5h", 5_400_000],
    ["0.5s", 500],
    ["1500us", 2],
    ["1500µs", 2],
    ["2000000ns", 2],
    ["90m", 5_400_000],
  ])("%p is %p ms", (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });

  test.each([
    ["", "the SDK sends it for a compound text such as 1m30s"],
    ["10", "a unit is missing"],
    ["s", "a number is missing"],
    ["-1s", "time runs forward"],
    ["1h 30m", "no spaces"],
    [" 1h", "no spaces"],
    ["1 hour", "no words"],
    ["1y", "a year has no fixed length"],
    ["1h30", "the last part has no unit"],
    [".5s", "no digit before the point"],
    ["1.s", "no digit after the point"],
    ["1e3s", "no exponents"],
    ["P1D", "no ISO durations"],
    ["Infinitys", "no words"],
    [`${"9".repeat(60)}w`, "beyond what a number holds"],
    ["1s".repeat(60), "longer than any duration that makes sense"],
  ])("%p is none: %s", (text) => {
    expect(parseDurationMs(text)).toBeNull();
  });

  test("is the sum of its parts (property)", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(23), fc.nat(59), fc.nat(59), (d, h, m, s) => {
        const expected = d * DAY_MS + h * 3_600_000 + m * 60_000 + s * 1_000;
        expect(parseDurationMs(`${d}d${h}h${m}m${s}s`)).toBe(expected);
      }),
    );
  });

  test("never throws, whatever the text (property)", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = parseDurationMs(text);
        expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true);
      }),
    );
  });
});

describe("a moment to wait for", () => {
  test("is counted from now when it is a duration", () => {
    expect(parseTimeOrDuration("1h", NOON_MS)).toBe(NOON_MS + 3_600_000);
  });

  test.each([
    ["2026-11-22T12:00:00.000Z", NOON_MS + DAY_MS],
    ["2026-11-22T12:00:00Z", NOON_MS + DAY_MS],
    ["2026-11-22T13:00:00+01:00", NOON_MS + DAY_MS],
    ["2026-11-22T12:00:00.123456789Z", NOON_MS + DAY_MS + 123],
    ["2026-11-23", NOON_MS + DAY_MS + DAY_MS / 2],
  ])("is %p as an ISO date", (text, expected) => {
    expect(parseTimeOrDuration(text, NOON_MS)).toBe(expected);
  });

  test("may lie in the past, and is then due at once", () => {
    expect(parseTimeOrDuration("2020-01-01T00:00:00.000Z", NOON_MS)).toBe(Date.UTC(2020, 0, 1));
  });

  test("lies at most 366 days ahead", () => {
    expect(parseTimeOrDuration("366d", NOON_MS)).toBe(NOON_MS + WAIT_MS_MAX);
    expect(parseTimeOrDuration("366d1ms", NOON_MS)).toBeNull();
    expect(parseTimeOrDuration("2029-01-01T00:00:00Z", NOON_MS)).toBeNull();
  });

  test.each(["", "tomorrow", "1", "2026", "2026-11", "May 2026", "2026-13-40", "Invalid Date"])(
    "is not %p",
    (text) => {
      expect(parseTimeOrDuration(text, NOON_MS)).toBeNull();
    },
  );
});

test("an ISO date without a zone is refused: it would mean the engine's own", () => {
  expect(parseIsoDate("2026-11-22T12:00:00")).toBeNull();
});
