import { afterEach, describe, expect, test } from "bun:test";
import { cron } from "inngest";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

let harness: EngineHarness;

async function start(options: HarnessOptions): Promise<EngineHarness> {
  harness = new EngineHarness(options);
  await harness.sync();
  return harness;
}

afterEach(() => harness.stop());

/** Counts how many bodies run at once; each takes one turn of the event loop. */
class Meter {
  max = 0;
  total = 0;
  #now = 0;

  async run(): Promise<void> {
    this.#now += 1;
    this.max = Math.max(this.max, this.#now);
    this.total += 1;
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.#now -= 1;
  }
}

describe("triggers", () => {
  test("with a condition start the function only when it holds", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "vip", triggers: [{ event: "order", if: "event.data.total >= 100" }] },
          async () => "served",
        ),
      ],
    });
    expect(await harness.runToEnd({ name: "order", data: { total: 99 } })).toEqual([]);
    expect(await harness.runToEnd({ name: "order", data: { total: 100 } })).toHaveLength(1);
    expect(await harness.runToEnd({ name: "order", data: {} })).toEqual([]);
  });

  test("with a wildcard start it for every event below", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "all", triggers: [{ event: "shop/*" }] }, async () => 1),
      ],
    });
    expect(await harness.runToEnd({ name: "shop/order.placed" })).toHaveLength(1);
    expect(await harness.runToEnd({ name: "other/order.placed" })).toEqual([]);
  });

  test("that are several start it once for one event", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "both", triggers: [{ event: "a" }, { event: "a", if: "true" }, { event: "b" }] },
          async () => 1,
        ),
      ],
    });
    expect(await harness.runToEnd({ name: "a" })).toHaveLength(1);
    expect(await harness.runToEnd({ name: "b" })).toHaveLength(1);
  });

  test("an event with a time in the future starts its runs then", async () => {
    let startedAtMs = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "late", triggers: [{ event: "go" }] }, async () => {
          startedAtMs = harness.clock.nowMs();
        }),
      ],
    });
    const ts = harness.clock.nowMs() + 3_600_000;
    await harness.runToEnd({ name: "go", ts });
    expect(startedAtMs).toBe(ts);
  });
});

describe("an event id", () => {
  const once: HarnessOptions["functions"] = (inngest) => [
    inngest.createFunction({ id: "once", triggers: [{ event: "go" }] }, async () => 1),
  ];

  test("starts a function once in 24 hours, and again after that", async () => {
    await start({ functions: once });
    expect(await harness.runToEnd({ name: "go", id: "order-1" })).toHaveLength(1);
    expect(await harness.runToEnd({ name: "go", id: "order-1" })).toEqual([]);
    harness.clock.advanceMs(24 * 3_600_000);
    expect(await harness.runToEnd({ name: "go", id: "order-1" })).toHaveLength(1);
  });

  test("seed makes a send that is repeated one send", async () => {
    await start({ functions: once });
    const send = () =>
      harness.request("/e/test-key", {
        method: "POST",
        headers: { "x-inngest-event-id-seed": `${harness.clock.nowMs()},AQIDBAUGBwgJCg==` },
        body: JSON.stringify([{ name: "go" }, { name: "go" }]),
      });
    const first = (await (await send()).json()) as { ids: string[] };
    const second = (await (await send()).json()) as { ids: string[] };
    expect(second.ids).toEqual(first.ids);
    await harness.settle();
    const runs = await Promise.all(first.ids.map((id) => harness.runsOf(id)));
    expect(runs.map((list) => list.length)).toEqual([1, 1]);
  });
});

describe("concurrency", () => {
  test("limits what runs at once, and everything runs", async () => {
    const meter = new Meter();
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "two", concurrency: 2, triggers: [{ event: "go" }] },
          async ({ step }) => {
            await step.run("a", () => meter.run());
            await step.run("b", () => meter.run());
          },
        ),
      ],
    });
    await harness.commands.acceptEvents(
      Array.from({ length: 10 }, () => ({ name: "go", data: {}, user: {} })),
    );
    await harness.advanceUntil(() => meter.total === 20);
    expect(meter.max).toBe(2);
  });

  test("with a key limits each key by itself", async () => {
    const meters = { a: new Meter(), b: new Meter() };
    const both = new Meter();
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          {
            id: "keyed",
            concurrency: { limit: 1, key: "event.data.key" },
            triggers: [{ event: "go" }],
          },
          async ({ event, step }) => {
            const key: "a" | "b" = event.data.key;
            await step.run("work", () => Promise.all([meters[key].run(), both.run()]));
          },
        ),
      ],
    });
    await harness.commands.acceptEvents(
      ["a", "a", "a", "b", "b", "b"].map((key) => ({ name: "go", data: { key }, user: {} })),
    );
    await harness.advanceUntil(() => both.total === 6);
    expect([meters.a.max, meters.b.max]).toEqual([1, 1]);
    expect(both.max).toBe(2);
  });

  test("of the account or the environment is shared by the functions that name the same key", async () => {
    const [shared, apart] = [new Meter(), new Meter()];
    await start({
      functions: (inngest) => {
        const limited = (id: string, scope: "account" | "env", key: string, meter: Meter) =>
          inngest.createFunction(
            { id, concurrency: { limit: 1, scope, key }, triggers: [{ event: "go" }] },
            async ({ step }) => {
              await step.run("work", () => meter.run());
            },
          );
        return [
          limited("a", "account", '"gpu"', shared),
          limited("b", "account", '"gpu"', shared),
          limited("c", "env", '"gpu"', apart),
          limited("d", "account", '"disk"', apart),
        ];
      },
    });
    await harness.commands.acceptEvents(
      Array.from({ length: 5 }, () => ({ name: "go", data: {}, user: {} })),
    );
    await harness.advanceUntil(() => shared.total + apart.total === 20);
    expect(shared.max).toBe(1);
    expect(apart.max).toBe(2);
  });

  test("is not held by a run that sleeps", async () => {
    let awake = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "one", concurrency: 1, triggers: [{ event: "go" }] },
          async ({ step }) => {
            await step.sleep("nap", "1h");
            awake += 1;
          },
        ),
      ],
    });
    await harness.send({ name: "go" });
    await harness.send({ name: "go" });
    await harness.settle();
    harness.clock.advanceMs(3_600_000);
    await harness.settle();
    expect(awake).toBe(2);
  });
});

describe("cron", () => {
  const hourly =
    (starts: number[]): HarnessOptions["functions"] =>
    (inngest) => [
      inngest.createFunction({ id: "hourly", triggers: [cron("0 * * * *")] }, async () => {
        starts.push(harness.clock.nowMs());
      }),
    ];

  test("starts a run at each of its times", async () => {
    const starts: number[] = [];
    await start({ functions: hourly(starts) });
    const beganAtMs = harness.clock.nowMs();
    await harness.advanceUntil(() => starts.length === 3);
    expect(starts.map((atMs) => atMs - beganAtMs)).toEqual([3_600_000, 7_200_000, 10_800_000]);
  });

  test("goes on after a sync that changes nothing, and stops when the function is gone", async () => {
    const starts: number[] = [];
    await start({ functions: hourly(starts) });
    await harness.sync();
    await harness.advanceUntil(() => starts.length === 1);
    await harness.commands.removeApp("http://app.test/api/inngest");
    harness.clock.advanceMs(10 * 3_600_000);
    await harness.settle();
    expect(starts).toHaveLength(1);
  });
});

describe("cancel", () => {
  test("ends a run that waits, and nothing of it comes later", async () => {
    let awake = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "nap", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.sleep("nap", "1h");
          awake += 1;
        }),
      ],
    });
    const id = await harness.send({ name: "go" });
    await harness.settle();
    const [run] = await harness.runsOf(id);
    await harness.commands.cancelRun(run?.id ?? "");
    harness.clock.advanceMs(2 * 3_600_000);
    await harness.settle();
    expect((await harness.runsOf(id))[0]?.status).toBe("Cancelled");
    expect(awake).toBe(0);
  });

  test("tells those who listen to function.cancelled, and a second cancel is refused", async () => {
    const told: string[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "nap", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.sleep("nap", "1h");
        }),
        inngest.createFunction(
          { id: "listener", triggers: [{ event: "inngest/function.cancelled" }] },
          async ({ event }) => {
            told.push((event.data as { run_id: string }).run_id);
          },
        ),
      ],
    });
    const id = await harness.send({ name: "go" });
    await harness.settle();
    const runId = (await harness.runsOf(id))[0]?.id ?? "";
    await harness.commands.cancelRun(runId);
    await harness.settle();
    expect(told).toEqual([runId]);
    await expect(harness.commands.cancelRun(runId)).rejects.toThrow("has ended: CANCELLED");
  });

  test("drops the answer of a call that was on its way", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "slow", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.run("slow", () => released);
          return "too late";
        }),
      ],
    });
    const id = await harness.send({ name: "go" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const runId = (await harness.runsOf(id))[0]?.id ?? "";
    await harness.commands.cancelRun(runId);
    release();
    await harness.settle();
    expect((await harness.runsOf(id))[0]?.status).toBe("Cancelled");
  });
});

test("a rerun starts the function again with the same event", async () => {
  const seen: unknown[] = [];
  await start({
    functions: (inngest) => [
      inngest.createFunction({ id: "again", triggers: [{ event: "go" }] }, async ({ event }) => {
        seen.push(event.data);
      }),
    ],
  });
  const [run] = await harness.runToEnd({ name: "go", id: "only-once", data: { n: 7 } });
  const rerunId = await harness.commands.rerun(run?.id ?? "");
  await harness.settle();
  expect(rerunId).not.toBe(run?.id);
  expect(seen).toEqual([{ n: 7 }, { n: 7 }]);
});

describe("signatures", () => {
  const signingKey = "a1b2c3d4e5f60718293a4b5c6d7e8f90";

  test("with a key on both sides, runs and checkpoints work", async () => {
    await start({
      signingKey,
      // The SDK holds signatures against the real time.
      clock: new VirtualClock(Date.now()),
      functions: (inngest) => [
        inngest.createFunction({ id: "signed", triggers: [{ event: "go" }] }, async ({ step }) => {
          const a = await step.run("a", () => ({ z: 1, a: [1.5, "ü"] }));
          await step.sleep("nap", "1s");
          return step.run("b", () => a.z);
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go", data: { ключ: "ü", b: 1e21 } });
    expect(run).toMatchObject({ status: "Completed", output: "1" });
  });
});
