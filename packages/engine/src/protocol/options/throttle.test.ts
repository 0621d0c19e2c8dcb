import { describe, expect, test } from "bun:test";
import { readThrottle } from "./throttle.ts";

describe("throttle", () => {
  test("is read, without a burst when none is asked for", () => {
    const problems: string[] = [];
    expect(readThrottle({ limit: 2, period: "1m" }, problems)).toEqual({
      limit: 2,
      periodMs: 60_000,
      burst: 0,
    });
    const keyed = { limit: 2, period: "7d", burst: 3, key: "event.data.user" };
    expect(readThrottle(keyed, problems)).toEqual({
      limit: 2,
      periodMs: 604_800_000,
      burst: 3,
      key: "event.data.user",
    });
    expect(problems).toEqual([]);
  });

  test.each([
    [{ limit: 1, period: "500ms" }, 'The period "500ms" of its throttle is no duration'],
    [{ limit: 1, period: "8d" }, 'The period "8d" of its throttle is no duration'],
    [{ limit: 0, period: "1m" }, "Its throttle can't be read (limit: "],
    [{ limit: 1, period: "1m", burst: -1 }, "Its throttle can't be read (burst: "],
    [{ limit: 1, period: "1m", key: "user" }, "The key of its throttle is no valid expression"],
  ])("of %j is a problem", (value, problem) => {
    const problems: string[] = [];
    readThrottle(value, problems);
    expect(problems.join(" ")).toContain(problem);
  });
});
