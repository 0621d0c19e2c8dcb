import { expect, test } from "bun:test";
import { nextDueMs } from "./cron-times.ts";

const next = (cron: string, after: string) => {
  const dueMs = nextDueMs(cron, Date.parse(after));
  return dueMs === null ? null : new Date(dueMs).toISOString();
};

test.each([
  ["*/15 * * * *", "2026-01-05T12:07:00Z", "2026-01-05T12:15:00.000Z"],
  ["*/15 * * * *", "2026-01-05T12:15:00Z", "2026-01-05T12:30:00.000Z"],
  ["0 9 * * 1-5", "2026-01-09T09:00:00Z", "2026-01-12T09:00:00.000Z"],
  ["TZ=Europe/Berlin 0 9 * * *", "2026-07-01T08:00:00Z", "2026-07-02T07:00:00.000Z"],
  ["CRON_TZ=Europe/Berlin 0 9 * * *", "2026-01-05T07:00:00Z", "2026-01-05T08:00:00.000Z"],
  ["@daily", "2026-01-05T12:00:00Z", "2026-01-06T00:00:00.000Z"],
  ["@every 1h30m", "2026-01-05T00:00:00Z", "2026-01-05T01:30:00.000Z"],
  ["0 12 ? * *", "2026-01-05T12:30:00Z", "2026-01-06T12:00:00.000Z"],
])("%s after %s is due at %s", (cron, after, due) => {
  expect(next(cron, after)).toBe(due);
});

test.each(["every day", "61 * * * *", "TZ=Nowhere/Land 0 9 * * *", "@every 0s", "@every soon"])(
  "“%s” is never due",
  (cron) => {
    expect(next(cron, "2026-01-05T12:00:00Z")).toBeNull();
  },
);
