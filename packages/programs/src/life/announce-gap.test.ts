import { describe, expect, test } from "bun:test";
import { announceGapMs, countAnnouncement } from "./announce-gap.ts";

describe("the gap to the next announcement", () => {
  test("is none for the first", () => {
    expect(announceGapMs({ acceptedCount: 0, refusedCount: 0 })).toBe(0);
  });

  test("grows from a blink to five minutes while nobody collects", () => {
    const gaps = [1, 2, 3, 5, 8, 11, 12, 13, 1_000].map((acceptedCount) =>
      announceGapMs({ acceptedCount, refusedCount: 0 }),
    );
    expect(gaps).toEqual([200, 400, 800, 3_200, 25_600, 204_800, 300_000, 300_000, 300_000]);
  });

  test("stays within fifteen seconds while the engine takes nothing", () => {
    const gaps = [1, 4, 7, 8, 1_000].map((refusedCount) =>
      announceGapMs({ acceptedCount: 9, refusedCount }),
    );
    expect(gaps).toEqual([200, 1_600, 12_800, 15_000, 15_000]);
  });

  test("goes on where it was when the engine is back", () => {
    const refused = countAnnouncement({ acceptedCount: 3, refusedCount: 4 }, false);
    expect(refused).toEqual({ acceptedCount: 3, refusedCount: 5 });
    expect(countAnnouncement(refused, true)).toEqual({ acceptedCount: 4, refusedCount: 0 });
  });
});
