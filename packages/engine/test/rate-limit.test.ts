import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

let harness: EngineHarness;
let path: string;

async function start(functions: HarnessOptions["functions"]): Promise<void> {
  harness = new EngineHarness({ functions, storage: { kind: "directory", path } });
  await harness.sync();
}

async function runCount(event: Record<string, unknown>): Promise<number> {
  return (await harness.runToEnd({ name: "go", ...event })).length;
}

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

describe("rateLimit", () => {
  const limited: HarnessOptions["functions"] = (inngest) => [
    inngest.createFunction(
      {
        id: "limited",
        rateLimit: { limit: 2, period: "1m", key: "event.data.user" },
        triggers: [{ event: "go" }],
      },
      async () => 1,
    ),
  ];

  test("lets events through at its pace, and drops what is above it, also after a restart", async () => {
    await start(limited);
    const a = { data: { user: "a" } };
    expect(await runCount(a)).toBe(1);
    expect(await runCount(a)).toBe(0);
    harness.clock.advanceMs(29_999);
    await harness.crashAndRestart();
    await harness.settle();
    expect(await runCount(a)).toBe(0);
    harness.clock.advanceMs(1);
    expect(await runCount(a)).toBe(1);
    expect(await runCount(a)).toBe(0);
  });

  test("counts each key by itself, and an event without the key not at all", async () => {
    await start(limited);
    expect(await runCount({ data: { user: "a" } })).toBe(1);
    expect(await runCount({ data: { user: "b" } })).toBe(1);
    expect(await runCount({ data: { user: "b" } })).toBe(0);
    expect(await runCount({ data: {} })).toBe(1);
    expect(await runCount({ data: {} })).toBe(1);
    expect(await runCount({ data: { user: false } })).toBe(1);
  });

  test("is still held after the housekeeper has been, and free marks are removed", async () => {
    await start((inngest) => [
      inngest.createFunction(
        { id: "limited", rateLimit: { limit: 1, period: "1h" }, triggers: [{ event: "go" }] },
        async () => 1,
      ),
    ]);
    expect(await runCount({})).toBe(1);
    harness.clock.advanceMs(59 * 60_000);
    await harness.settle();
    expect(await runCount({})).toBe(0);
    harness.clock.advanceMs(60_000);
    expect(await runCount({})).toBe(1);
  });

  test("fails the step that invokes the function above the limit", async () => {
    await start((inngest) => {
      const child = inngest.createFunction(
        { id: "child", rateLimit: { limit: 1, period: "1h" } },
        async () => "done",
      );
      const parent = inngest.createFunction(
        { id: "parent", triggers: [{ event: "go" }] },
        async ({ step }) => {
          const first = await step.invoke("first", { function: child, data: {} });
          const second = await step
            .invoke("second", { function: child, data: {} })
            .catch((error: unknown) => String(error));
          return [first, second];
        },
      );
      return [child, parent];
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toContain('["done","');
    expect(run?.output).toContain("invoked function is rate limited");
  });

  test("refuses an invocation from outside with what stopped it", async () => {
    await start(limited);
    const invoke = () => harness.commands.invoke({ slug: "app-limited", data: { user: "a" } });
    await invoke();
    await expect(invoke()).rejects.toThrow(
      'Function "app-limited": invoked function is rate limited.',
    );
  });

  test("is not used up by an event that has started its run already, and an invocation's key finds it", async () => {
    await start(limited);
    expect(await runCount({ id: "order-1", data: { user: "a" } })).toBe(1);
    harness.clock.advanceMs(30_000);
    await harness.runToEnd({ name: "go", id: "order-1", data: { user: "a" } });
    expect(await runCount({ data: { user: "a" } })).toBe(1);

    const asked = { slug: "app-limited", data: { user: "b" }, idempotencyKey: "once" };
    const runId = await harness.commands.invoke(asked);
    expect(await harness.commands.invoke(asked)).toBe(runId);
  });

  test("does not hold up a rerun that a person asks for", async () => {
    await start(limited);
    const [run] = await harness.runToEnd({ name: "go", data: { user: "a" } });
    await harness.commands.rerun(run?.id ?? "");
  });
});

test("idempotency starts one run in 24 hours for each value of its expression", async () => {
  await start((inngest) => [
    inngest.createFunction(
      { id: "once", idempotency: "event.data.order", triggers: [{ event: "go" }] },
      async () => 1,
    ),
  ]);
  expect(await runCount({ data: { order: 1 } })).toBe(1);
  expect(await runCount({ data: { order: 1 } })).toBe(0);
  expect(await runCount({ data: { order: 2 } })).toBe(1);
  harness.clock.advanceMs(24 * 3_600_000 - 1);
  await harness.crashAndRestart();
  await harness.settle();
  expect(await runCount({ data: { order: 1 } })).toBe(0);
  harness.clock.advanceMs(1);
  expect(await runCount({ data: { order: 1 } })).toBe(1);
});
