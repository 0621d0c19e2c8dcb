import { describe, expect, test } from "bun:test";
import { formatExactTime, formatWhen } from "./time-text.ts";

const AT = Date.UTC(2026, 10, 21, 1, 59, 18, 191);
const berlin = { locale: "en-GB", timeZone: "Europe/Berlin" };

describe("when something happened", () => {
  test.each([
    [AT + 500, "just now"],
    [AT + 12_900, "12 s ago"],
    [AT + 61_000, "1 min ago"],
    [AT + 3_599_999, "59 min ago"],
    [AT + 3 * 3_600_000 + 1, "3 h ago"],
    [AT - 90_000, "in 1 min"],
  ])("seen from %p reads %p", (nowMs, text) => {
    expect(formatWhen(AT, nowMs)).toBe(text);
  });

  test("after half a day is the reader's local date", () => {
    expect(formatWhen(AT, AT + 13 * 3_600_000, berlin)).toBe("21 Nov, 02:59");
  });

  test("long ago names the year", () => {
    expect(formatWhen(AT, AT + 400 * 86_400_000, berlin)).toBe("21 Nov 2026, 02:59");
  });
});

test("the exact time has milliseconds and a zone", () => {
  expect(formatExactTime(AT, berlin)).toBe("21 Nov 2026, 02:59:18.191 CET");
});
