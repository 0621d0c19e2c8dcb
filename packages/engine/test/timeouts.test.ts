import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness } from "./engine-harness.ts";

const HOUR_MS = 3_600_000;

let harness: EngineHarness;
let path: string;
const reasons: string[] = [];

interface Timeouts {
  readonly start?: "30m" | "1h";
  readonly finish?: "30m" | "3h";
}

/** A function that sleeps for an hour, one call at a time, and one that notes why runs are cancelled. */
async function start(timeouts: Timeouts): Promise<void> {
  harness = new EngineHarness({
    storage: { kind: "directory", path },
    functions: (inngest) => [
      inngest.createFunction(
        { id: "nap", timeouts, triggers: [{ event: "go" }] },
        async ({ step }) => {
          await step.sleep("nap", "1h");
          return step.run("after", () => "rested");
        },
      ),
      inngest.createFunction(
        { id: "listener", triggers: [{ event: "inngest/function.cancelled" }] },
        async ({ event }) => {
          reasons.push((event.data as { error: { message: string } }).error.message);
        },
      ),
    ],
  });
  await harness.sync();
}

async function statusOf(eventId: string): Promise<string | undefined> {
  return (await harness.runsOf(eventId))[0]?.status;
}

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
  reasons.length = 0;
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

describe("timeouts.finish", () => {
  test("cancels a run that is not done in time, and says why", async () => {
    await start({ finish: "30m" });
    const id = await harness.send({ name: "go" });
    await harness.settle();
    harness.clock.advanceMs(HOUR_MS / 2 - 1);
    await harness.settle();
    expect(await statusOf(id)).toBe("Running");
    harness.clock.advanceMs(1);
    await harness.settle();
    expect(await statusOf(id)).toBe("Cancelled");
    expect(reasons).toEqual(["The run was cancelled: it did not finish within its timeout."]);
  });

  test("leaves a run alone that is done in time", async () => {
    await start({ finish: "3h" });
    const [run] = await harness.runToEnd({ name: "go" });
    harness.clock.advanceMs(5 * HOUR_MS);
    await harness.settle();
    expect(run).toMatchObject({ status: "Completed", output: '"rested"' });
    expect(reasons).toEqual([]);
  });

  test("holds across a restart, and a late run is not called again", async () => {
    await start({ finish: "30m" });
    const id = await harness.send({ name: "go" });
    await harness.settle();
    const callsBefore = harness.calls.length;
    await harness.downFor(2 * HOUR_MS);
    await harness.settle();
    expect(await statusOf(id)).toBe("Cancelled");
    expect(harness.calls.filter(({ stepId }) => stepId === "step").length - callsBefore).toBe(1);
    expect(reasons).toHaveLength(1);
  });

  test("counts from the run's start, not from its event", async () => {
    await start({ finish: "3h" });
    const id = await harness.send({ name: "go", ts: harness.clock.nowMs() + 5 * HOUR_MS });
    await harness.advanceUntil(async () => (await statusOf(id)) === "Completed");
  });
});

describe("timeouts.start", () => {
  test("cancels a run that has not begun in time, and it is never called", async () => {
    await start({ start: "30m" });
    const id = await harness.send({ name: "go", ts: harness.clock.nowMs() + 60_000 });
    await harness.downFor(HOUR_MS);
    await harness.settle();
    expect(await statusOf(id)).toBe("Cancelled");
    expect(harness.calls).toHaveLength(1); // the listener's
    expect(reasons).toEqual(["The run was cancelled: it did not start within its timeout."]);
  });

  test("does nothing to a run that has begun", async () => {
    await start({ start: "30m" });
    expect(await harness.runToEnd({ name: "go" })).toMatchObject([{ status: "Completed" }]);
  });

  test("of a run with a time in the future counts from that time", async () => {
    await start({ start: "30m" });
    const id = await harness.send({ name: "go", ts: harness.clock.nowMs() + 5 * HOUR_MS });
    await harness.advanceUntil(async () => (await statusOf(id)) === "Completed");
  });
});
