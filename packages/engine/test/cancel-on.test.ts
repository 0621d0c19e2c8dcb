import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness } from "./engine-harness.ts";

const HOUR_MS = 3_600_000;

interface Cancel {
  readonly event: string;
  readonly if?: string;
  readonly match?: string;
  readonly timeout?: string;
}

let harness: EngineHarness;
let path: string;

async function startSleeper(cancelOn: Cancel[]): Promise<void> {
  harness = new EngineHarness({
    storage: { kind: "directory", path },
    functions: (inngest) => [
      inngest.createFunction(
        { id: "nap", cancelOn, triggers: [{ event: "go" }] },
        async ({ step }) => step.sleep("nap", "2h"),
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
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

describe("cancelOn", () => {
  test("ends the runs that match, also after a restart, and no other", async () => {
    await startSleeper([{ event: "stop", match: "data.id" }]);
    const one = await harness.send({ name: "go", data: { id: 1 } });
    const two = await harness.send({ name: "go", data: { id: 2 } });
    await harness.settle();
    await harness.crashAndRestart();
    await harness.settle();
    await harness.send({ name: "stop", data: { id: 1 } });
    await harness.settle();
    expect([await statusOf(one), await statusOf(two)]).toEqual(["Cancelled", "Running"]);
    await harness.advanceUntil(async () => (await statusOf(two)) === "Completed");
  });

  test("with an if that has no equality is evaluated with the run's own event", async () => {
    await startSleeper([{ event: "stop", if: "async.data.level > event.data.level" }]);
    const low = await harness.send({ name: "go", data: { level: 1 } });
    const high = await harness.send({ name: "go", data: { level: 9 } });
    await harness.settle();
    await harness.send({ name: "stop", data: { level: 5 } });
    await harness.settle();
    expect([await statusOf(low), await statusOf(high)]).toEqual(["Cancelled", "Running"]);
  });

  test("ends a run that has not begun", async () => {
    await startSleeper([{ event: "stop" }]);
    const late = await harness.send({ name: "go", ts: harness.clock.nowMs() + HOUR_MS });
    await harness.send({ name: "stop" });
    harness.clock.advanceMs(2 * HOUR_MS);
    await harness.settle();
    expect(await statusOf(late)).toBe("Cancelled");
    expect(harness.calls).toEqual([]);
  });

  test("does nothing after its timeout", async () => {
    await startSleeper([{ event: "stop", timeout: "1h" }]);
    const id = await harness.send({ name: "go" });
    await harness.settle();
    harness.clock.advanceMs(HOUR_MS);
    await harness.send({ name: "stop" });
    await harness.settle();
    expect(await statusOf(id)).toBe("Running");
  });

  test("looks at newer events only: neither an earlier one nor the run's own counts", async () => {
    await startSleeper([{ event: "stop" }, { event: "go", if: "true" }]);
    await harness.send({ name: "stop" });
    const first = await harness.send({ name: "go" });
    await harness.settle();
    expect(await statusOf(first)).toBe("Running");
    const second = await harness.send({ name: "go" });
    await harness.settle();
    expect([await statusOf(first), await statusOf(second)]).toEqual(["Cancelled", "Running"]);
  });

  test("tells who invoked the run", async () => {
    harness = new EngineHarness({
      functions: (inngest) => {
        const child = inngest.createFunction(
          { id: "child", cancelOn: [{ event: "stop" }] },
          async ({ step }) => step.sleep("nap", "2h"),
        );
        const parent = inngest.createFunction(
          { id: "parent", triggers: [{ event: "go" }] },
          ({ step }) =>
            step
              .invoke("child", { function: child, data: {} })
              .catch((error: unknown) => String(error)),
        );
        return [child, parent];
      },
    });
    await harness.sync();
    const id = await harness.send({ name: "go" });
    await harness.settle();
    await harness.send({ name: "stop" });
    await harness.advanceUntil(async () => (await statusOf(id)) === "Completed");
    expect((await harness.runsOf(id))[0]?.output).toContain('cancelled by the event \\"stop\\"');
  });

  test("that is bad stops its function, and not its neighbour", async () => {
    harness = new EngineHarness({
      functions: (inngest) => [
        inngest.createFunction(
          {
            id: "bad",
            cancelOn: [{ event: "stop", if: "has(async.data.x)" }],
            triggers: [{ event: "go" }],
          },
          async () => 1,
        ),
        inngest.createFunction({ id: "good", triggers: [{ event: "go" }] }, async () => 1),
      ],
    });
    await harness.sync();
    expect(await harness.runToEnd({ name: "go" })).toHaveLength(1);
  });
});
