import { describe, expect, test } from "bun:test";
import { parseRetryAfterMs, retryDelayMs } from "./retry-delay.ts";

const NOON_MS = Date.UTC(2026, 10, 21, 12);

describe("the pause before a retry", () => {
  test.each([
    [0, 15],
    [1, 30],
    [2, 60],
    [3, 120],
    [4, 300],
    [5, 600],
    [6, 1_200],
    [7, 2_400],
    [8, 3_600],
    [9, 7_200],
    [10, 7_200],
    [19, 7_200],
  ])("after attempt %p is %p s without jitter", (attemptIndex, seconds) => {
    expect(retryDelayMs({ attemptIndex, jitter: 0 })).toBe(seconds * 1_000);
  });

  test("grows by up to 30 s of jitter", () => {
    expect(retryDelayMs({ attemptIndex: 0, jitter: 0.5 })).toBe(30_000);
    expect(retryDelayMs({ attemptIndex: 0, jitter: 0.9999999 })).toBeLessThan(45_000);
  });

  test("is the same for each attempt when an interval is set", () => {
    const after = (attemptIndex: number) =>
      retryDelayMs({ attemptIndex, jitter: 0.7, retryIntervalMs: 1_000 });
    expect([after(0), after(1), after(9)]).toEqual([1_000, 1_000, 1_000]);
  });
});

describe("a retry-after header", () => {
  test.each([
    ["30", 30_000],
    ["1.5", 1_500],
    [" 30 ", 30_000],
    ["2026-11-21T12:00:30.000Z", 30_000],
    ["Sat, 21 Nov 2026 12:00:30 GMT", 30_000],
  ])("of %p asks for %p ms", (header, expected) => {
    expect(parseRetryAfterMs(header, NOON_MS)).toBe(expected);
  });

  test("asks for no less than a second", () => {
    expect(parseRetryAfterMs("0", NOON_MS)).toBe(1_000);
    expect(parseRetryAfterMs("2020-01-01T00:00:00.000Z", NOON_MS)).toBe(1_000);
  });

  test("asks for no more than a day", () => {
    expect(parseRetryAfterMs("999999999", NOON_MS)).toBe(86_400_000);
    expect(parseRetryAfterMs("2099-01-01T00:00:00.000Z", NOON_MS)).toBe(86_400_000);
  });

  test.each(["", "soon", "-5", "NaN", "1e3", "Infinity"])("of %p says nothing", (header) => {
    expect(parseRetryAfterMs(header, NOON_MS)).toBeUndefined();
  });
});
