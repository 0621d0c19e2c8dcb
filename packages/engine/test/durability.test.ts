import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

let harness: EngineHarness;
let path: string;

async function start(options: Omit<HarnessOptions, "storage">): Promise<EngineHarness> {
  harness = new EngineHarness({ ...options, storage: { kind: "directory", path } });
  await harness.sync();
  return harness;
}

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

describe("after a crash of the engine", () => {
  test("a run goes on after its last stored step, and no stored step runs again", async () => {
    const ran: string[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    let isFirst = true;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "long", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.run("a", () => ran.push("a"));
          await step.run("b", async () => {
            ran.push("b");
            if (!isFirst) return;
            isFirst = false;
            await gate;
          });
          await step.run("c", () => ran.push("c"));
          return "end";
        }),
      ],
    });
    const id = await harness.send({ name: "go" });
    while (!ran.includes("b")) await new Promise((resolve) => setTimeout(resolve, 1));
    await harness.crashAndRestart();
    await harness.advanceUntil(async () => (await harness.runsOf(id))[0]?.status === "Completed");
    // The call of before the crash ends now; what it has to say is refused.
    open();
    await harness.settle();
    expect(ran.filter((step) => step === "a")).toHaveLength(1);
    expect(ran.filter((step) => step === "c")).toHaveLength(1);
    expect((await harness.runsOf(id))[0]?.output).toBe('"end"');
  });

  test("every acknowledged event has its run", async () => {
    let count = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "count", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.run("count", () => (count += 1));
        }),
      ],
    });
    harness.isAppDown = true;
    const ids = await Promise.all(Array.from({ length: 200 }, () => harness.send({ name: "go" })));
    await harness.crashAndRestart();
    harness.isAppDown = false;
    await harness.advanceUntil(() => count === 200);
    await harness.settle();
    const runs = await Promise.all(ids.map((id) => harness.runsOf(id)));
    expect(runs.every(([run]) => run?.status === "Completed")).toBe(true);
  });

  test("sleeps, waits and invocations end as if nothing had happened", async () => {
    await start({
      functions: (inngest) => {
        const child = inngest.createFunction({ id: "child" }, async ({ step }) => {
          await step.sleep("nap", "30m");
          return "child";
        });
        return [
          child,
          inngest.createFunction({ id: "all", triggers: [{ event: "go" }] }, async ({ step }) => {
            const [, event, result] = await Promise.all([
              step.sleep("sleep", "1h"),
              step.waitForEvent("wait", { event: "told", timeout: "3h" }),
              step.invoke("invoke", { function: child, data: {} }),
            ]);
            return [event?.data.word, result];
          }),
        ];
      },
    });
    const id = await harness.send({ name: "go" });
    await harness.settle();
    await harness.crashAndRestart();
    await harness.settle();
    await harness.send({ name: "told", data: { word: "hello" } });
    await harness.crashAndRestart();
    await harness.advanceUntil(async () => (await harness.runsOf(id))[0]?.status === "Completed");
    expect((await harness.runsOf(id))[0]?.output).toBe('["hello","child"]');
  });

  test("a schedule's missed times are caught up once, and its next time is kept", async () => {
    const starts: number[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "hourly", triggers: [{ cron: "0 * * * *" }] }, async () => {
          starts.push(harness.clock.nowMs());
        }),
      ],
    });
    const beganAtMs = harness.clock.nowMs();
    await harness.downFor(5.5 * 3_600_000);
    await harness.advanceUntil(() => starts.length === 2);
    const hours = starts.map((atMs) => (atMs - beganAtMs) / 3_600_000);
    expect(hours).toEqual([5.5, 6]);
  });

  test("an event id still counts", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "once", triggers: [{ event: "go" }] }, async () => 1),
      ],
    });
    await harness.runToEnd({ name: "go", id: "x" });
    await harness.crashAndRestart();
    expect(await harness.runToEnd({ name: "go", id: "x" })).toEqual([]);
  });
});

describe("an app that is down", () => {
  test("for longer than all retries loses nothing and costs no attempt", async () => {
    const attempts: number[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "patient", retries: 0, triggers: [{ event: "go" }] },
          async ({ step, attempt }) => {
            attempts.push(attempt);
            return step.run("work", () => "done");
          },
        ),
      ],
    });
    harness.isAppDown = true;
    const id = await harness.send({ name: "go" });
    await harness.settle();
    harness.clock.advanceMs(7 * 24 * 3_600_000);
    await harness.settle();
    expect((await harness.runsOf(id))[0]?.status).not.toBe("Failed");
    harness.isAppDown = false;
    await harness.advanceUntil(async () => (await harness.runsOf(id))[0]?.status === "Completed");
    expect(attempts).toEqual([0]);
  });

  test("gets its calls at once when it registers again", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "work", triggers: [{ event: "go" }] }, async () => 1),
      ],
    });
    harness.isAppDown = true;
    const id = await harness.send({ name: "go" });
    await harness.settle();
    harness.isAppDown = false;
    await harness.sync();
    await harness.settle();
    expect((await harness.runsOf(id))[0]?.status).toBe("Completed");
  });
});

test("a second engine on the same folder is refused with what to do", async () => {
  await start({ functions: () => [] });
  expect(
    () => new EngineHarness({ functions: () => [], storage: { kind: "directory", path } }),
  ).toThrow(/Another engine uses .*Stop it, or give this one a data folder of its own/);
});
