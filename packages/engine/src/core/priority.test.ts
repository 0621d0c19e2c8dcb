import { describe, expect, test } from "bun:test";
import { findRank } from "./priority.ts";
import { ulidFloor, ulidTimeMs } from "./ulid.ts";

const NOW_MS = Date.UTC(2040, 0, 1);
const RUN_ID = `${ulidFloor(NOW_MS).slice(0, 10)}ABCDEFGH12345678`;
const HOUR = 3_600;

describe("a priority", () => {
  test.each<[string, unknown, number]>([
    ["120", {}, 120],
    ["-60", {}, -60],
    ["event.data.isVip ? 120 : -5", { data: { isVip: true } }, 120],
    ["event.data.isVip ? 120 : -5", { data: {} }, -5],
    ["event.data.level", { data: { level: 2.9 } }, 2],
    ["event.data.level", { data: { level: 1e12 } }, 12 * HOUR],
    ["event.data.level", { data: { level: -1e12 } }, -12 * HOUR],
  ])("of %s with %j moves a run by %p seconds", (expression, event, seconds) => {
    const rank = findRank(RUN_ID, expression, event) ?? "";
    expect(ulidTimeMs(rank)).toBe(NOW_MS - seconds * 1_000);
    expect(rank.slice(10)).toBe(RUN_ID.slice(10));
  });

  test.each<[string, unknown]>([
    ["0", {}],
    ["event.data.level", { data: {} }],
    ["event.data.level", { data: { level: "high" } }],
    ["event.data.level", { data: { level: true } }],
    ["event.data.level / 0", { data: { level: 1 } }],
  ])("of %s with %j leaves the run where it is", (expression, event) => {
    expect(findRank(RUN_ID, expression, event)).toBeNull();
  });
});
