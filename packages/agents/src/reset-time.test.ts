import { describe, expect, test } from "bun:test";
import { readResetAtMs } from "./reset-time.ts";

/** Local time, as codex tells it. */
const SAID_AT = new Date(2026, 10, 24, 22, 30, 0);
const read = (message: string) => readResetAtMs(message, SAID_AT.getTime());

describe("when a limit ends", () => {
  test.each([
    ["Please try again in 20s.", 20_000],
    ["Please try again in 11.054s.", 11_054],
    ["Please try again in 1m30.5s", 90_500],
    ["try again in 250ms", 250],
    ["Try again in 3 days 4 hours 12 minutes.", 274_320_000],
    ["try again in 5 minutes, or buy more", 300_000],
    ["Limit resets in 2 hours and 5 minutes", 7_500_000],
    ["retry after 7 seconds", 7_000],
    ["You have hit your ChatGPT usage limit (plus plan). Try again in ~154 min.", 155 * 60_000],
    ["Your quota will reset after 18h31m10s.", 66_670_000],
    ["[429 Too Many Requests] Please retry in 33.5s.", 33_500],
    ['{"@type":"RetryInfo","retryDelay":"33s"}', 33_000],
    ['{\\"retryDelay\\": \\"2.5s\\"}', 2_500],
  ])("%p is counted from when it was said", (message, ms) => {
    expect(read(message)).toBe(SAID_AT.getTime() + ms);
  });

  test.each([
    ["try again at 11:05 PM.", new Date(2026, 10, 24, 23, 6)],
    ["try again at 4:05 AM.", new Date(2026, 10, 25, 4, 6)],
    ["try again at 12:00 AM", new Date(2026, 10, 25, 0, 1)],
    ["try again at Nov 29th, 2026 12:59 PM.", new Date(2026, 10, 29, 13, 0)],
    ["try again at Dec 1st, 2026 9:00 AM.", new Date(2026, 11, 1, 9, 1)],
  ])("%p is this machine's time, to the end of its minute", (message, at) => {
    expect(read(message)).toBe(at.getTime());
  });

  test.each(["Please try again later.", "", "try again in a moment", "resets 4:05pm (UTC)"])(
    "%p does not say it",
    (message) => {
      expect(read(message)).toBeNull();
    },
  );
});
