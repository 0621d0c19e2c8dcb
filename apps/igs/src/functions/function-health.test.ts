import { describe, expect, test } from "bun:test";
import type { AppFunction, RunStatus } from "@system-bus/inngest-api";
import { runOf } from "../testing/trace.ts";
import { judgeHealth } from "./function-health.ts";

const fn: AppFunction = {
  id: "fn",
  name: "fn",
  app: { id: "app" },
  triggers: [
    { type: "EVENT", value: "go" },
    { type: "CRON", value: "0 5 * * *", nextAt: "2026-11-22T05:00:00.000Z" },
    { type: "CRON", value: "0 9 * * *", nextAt: "2026-11-21T09:00:00.000Z" },
  ],
};

const runs = (...statuses: readonly RunStatus[]) =>
  statuses.map((status, index) => runOf({ id: `r${index}`, status }));

describe("a function's health", () => {
  test("is its last run, and how many of those that ended have failed", () => {
    const health = judgeHealth(fn, runs("RUNNING", "FAILED", "COMPLETED", "CANCELLED", "SKIPPED"));
    expect(health).toMatchObject({
      lastRun: { id: "r0", status: "RUNNING" },
      endedCount: 2,
      failedCount: 1,
    });
  });

  test("of one that never ran says so", () => {
    expect(judgeHealth(fn, [])).toMatchObject({ lastRun: null, endedCount: 0, failedCount: 0 });
  });

  test("has the next time of its schedules, unless it is paused", () => {
    expect(judgeHealth(fn, []).nextCronAt).toBe("2026-11-21T09:00:00.000Z");
    const pause = { pausedAt: "2026-11-21T02:00:00.000Z", holdsRuns: true };
    expect(judgeHealth({ ...fn, pause }, []).nextCronAt).toBeNull();
    expect(judgeHealth({ ...fn, triggers: [] }, []).nextCronAt).toBeNull();
  });
});
