import { expect, test } from "bun:test";
import { durationText, localDay, timestampText } from "./clock-text.ts";

test("durations have hours, two digits each", () => {
  expect(durationText(0)).toBe("00:00:00");
  expect(durationText(62.6)).toBe("00:01:03");
  expect(durationText(100 * 3600 + 59)).toBe("100:00:59");
});

test("a place past an hour is shown with hours and never rounded up", () => {
  expect(timestampText(75 * 60 + 3.99)).toBe("1:15:03");
  expect(timestampText(59.99)).toBe("0:00:59");
});

test("the day is the local one, not the one in UTC", () => {
  const lateEvening = new Date(2026, 0, 5, 23, 30);
  const earlyMorning = new Date(2026, 0, 5, 0, 10);
  expect(localDay(lateEvening)).toBe("2026-01-05");
  expect(localDay(earlyMorning)).toBe("2026-01-05");
});
