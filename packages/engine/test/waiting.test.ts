import { afterEach, describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { Inngest, referenceFunction } from "inngest";
import { serve } from "inngest/hono";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

let harness: EngineHarness;

async function start(options: HarnessOptions): Promise<EngineHarness> {
  harness = new EngineHarness(options);
  await harness.sync();
  return harness;
}

afterEach(() => harness.stop());

const HOUR_MS = 60 * 60_000;

describe("sleep", () => {
  test("goes on after its time and not before", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "nap", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.sleep("nap", "6h");
          return "awake";
        }),
      ],
    });
    const id = await harness.send({ name: "go" });
    await harness.settle();
    harness.clock.advanceMs(6 * HOUR_MS - 1);
    await harness.settle();
    expect((await harness.runsOf(id))[0]?.status).toBe("Running");
    harness.clock.advanceMs(1);
    await harness.settle();
    expect((await harness.runsOf(id))[0]).toMatchObject({ status: "Completed", output: '"awake"' });
  });

  test("until a date ends at that date", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "until", triggers: [{ event: "go" }] },
          async ({ step, event }) => {
            await step.sleepUntil("date", new Date(event.data.at));
            return harness.clock.nowMs();
          },
        ),
      ],
    });
    const atMs = harness.clock.nowMs() + 90_000;
    const [run] = await harness.runToEnd({
      name: "go",
      data: { at: new Date(atMs).toISOString() },
    });
    expect(run?.output).toBe(`${atMs}`);
  });
});

describe("waitForEvent", () => {
  const waiting: HarnessOptions["functions"] = (inngest) => [
    inngest.createFunction({ id: "waiter", triggers: [{ event: "order" }] }, async ({ step }) => {
      const paid = await step.waitForEvent("paid", {
        event: "payment",
        timeout: "2h",
        if: "event.data.order == async.data.order",
      });
      return paid?.data.amount ?? "timed out";
    }),
  ];

  test("goes on with the event that fits and no other", async () => {
    await start({ functions: waiting });
    const first = await harness.send({ name: "order", data: { order: 1 } });
    const second = await harness.send({ name: "order", data: { order: 2 } });
    await harness.settle();
    await harness.send({ name: "payment", data: { order: 2, amount: 20 } });
    await harness.settle();
    expect((await harness.runsOf(first))[0]?.status).toBe("Running");
    expect((await harness.runsOf(second))[0]).toMatchObject({ status: "Completed", output: "20" });
  });

  test("ends with null at its timeout", async () => {
    await start({ functions: waiting });
    const startedAtMs = harness.clock.nowMs();
    const [run] = await harness.runToEnd({ name: "order", data: { order: 1 } });
    expect(run?.output).toBe('"timed out"');
    expect(harness.clock.nowMs() - startedAtMs).toBe(2 * HOUR_MS);
  });

  test("does not see an event that came before it", async () => {
    await start({ functions: waiting });
    await harness.send({ name: "payment", data: { order: 1, amount: 5 } });
    const [run] = await harness.runToEnd({ name: "order", data: { order: 1 } });
    expect(run?.output).toBe('"timed out"');
  });

  test("takes only the first of two events that fit", async () => {
    await start({ functions: waiting });
    const id = await harness.send({ name: "order", data: { order: 1 } });
    await harness.settle();
    await Promise.all([
      harness.send({ name: "payment", data: { order: 1, amount: 1 } }),
      harness.send({ name: "payment", data: { order: 1, amount: 2 } }),
    ]);
    await harness.settle();
    expect((await harness.runsOf(id))[0]?.output).toBe("1");
  });

  test("finds its event by an expression that has no equality, too", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "waiter", triggers: [{ event: "go" }] }, async ({ step }) => {
          const found = await step.waitForEvent("big", {
            event: "number",
            timeout: "1h",
            if: "async.data.n > event.data.min",
          });
          return found?.data.n;
        }),
      ],
    });
    const id = await harness.send({ name: "go", data: { min: 10 } });
    await harness.settle();
    await harness.send({ name: "number", data: { n: 10 } });
    await harness.send({ name: "number", data: { n: 11 } });
    await harness.settle();
    expect((await harness.runsOf(id))[0]?.output).toBe("11");
  });
});

describe("invoke", () => {
  const pair =
    (childFails = false): HarnessOptions["functions"] =>
    (inngest) => {
      const child = inngest.createFunction({ id: "child", retries: 0 }, async ({ event }) => {
        if (childFails) throw new Error("child broke");
        return (event.data as { n: number }).n * 2;
      });
      const parent = inngest.createFunction(
        { id: "parent", retries: 0, triggers: [{ event: "go" }] },
        async ({ step }) => step.invoke("double", { function: child, data: { n: 21 } }),
      );
      return [parent, child];
    };

  test("gives the child's result to its parent", async () => {
    await start({ functions: pair() });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: "42" });
  });

  test("gives the child's error to its parent", async () => {
    await start({ functions: pair(true) });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Failed");
    expect(run?.output).toContain("child broke");
  });

  test("of a function that nobody has fails the step, and the run does not hang", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "parent", retries: 0, triggers: [{ event: "go" }] },
          async ({ step }) =>
            step.invoke("gone", {
              function: referenceFunction({ appId: "app", functionId: "nobody" }),
              data: {},
            }),
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Failed");
    expect(run?.output).toContain("could not find function with ID: app-nobody");
  });

  test("gives up after its timeout, and the child goes on", async () => {
    await start({
      functions: (inngest) => {
        const child = inngest.createFunction({ id: "slow" }, async ({ step }) => {
          await step.sleep("long", "10h");
        });
        const parent = inngest.createFunction(
          { id: "parent", retries: 0, triggers: [{ event: "go" }] },
          async ({ step }) =>
            step
              .invoke("slow", { function: child, data: {}, timeout: "1h" })
              .catch((error: Error) => error.message),
        );
        return [parent, child];
      },
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Completed");
    expect(run?.output).toContain("Timed out waiting for invoked function to complete");
  });
});

describe("invoke's errors and payload", () => {
  /** What a parent catches of its invocation, and what its child was given. */
  async function caught(
    child: (event: { v?: string; data: unknown }, step: Step) => unknown,
    options: { readonly timeout?: string } = {},
  ) {
    await start({
      functions: (inngest) => {
        const invoked = inngest.createFunction({ id: "child", retries: 0 }, ({ event, step }) =>
          child(event, step),
        );
        return [
          invoked,
          inngest.createFunction(
            { id: "parent", retries: 0, triggers: [{ event: "go" }] },
            async ({ step }) =>
              step
                .invoke("call", { function: invoked, data: { n: 1 }, v: "2", ...options })
                .catch(({ name, message, cause }: Error) => ({ name, message, cause: `${cause}` })),
          ),
        ];
      },
    });
    return harness.send({ name: "go" });
  }
  type Step = { sleep(id: string, time: string): Promise<void> };

  const outputOf = async (eventId: string) =>
    JSON.parse((await harness.runsOf(eventId))[0]?.output ?? "null");

  test("carry the version that the parent gave", async () => {
    const id = await caught(({ v, data }) => [v, data]);
    await harness.settle();
    expect(await outputOf(id)).toEqual(["2", expect.objectContaining({ n: 1 })]);
  });

  test("are the child's own error, with its cause", async () => {
    const id = await caught(() => {
      throw new RangeError("too far", { cause: new Error("the map ends") });
    });
    await harness.settle();
    expect(await outputOf(id)).toMatchObject({
      name: "RangeError",
      message: "too far",
      cause: "Error: the map ends",
    });
  });

  test("say that time ran out", async () => {
    const id = await caught((_, step) => step.sleep("long", "10h"), { timeout: "1h" });
    await harness.settle();
    harness.clock.advanceMs(HOUR_MS);
    await harness.settle();
    expect(await outputOf(id)).toMatchObject({
      name: "InngestInvokeTimeoutError",
      message: "Timed out waiting for invoked function to complete",
    });
  });

  test("say that the child was cancelled", async () => {
    const id = await caught((_, step) => step.sleep("long", "10h"));
    await harness.settle();
    const runs = harness.reads.loadRuns({
      fromMs: null,
      untilMs: null,
      after: null,
      limit: 10,
      timeField: "queuedAt",
      order: "ASC",
      statuses: null,
      functionIds: null,
      withOutput: false,
    });
    const child = runs.find(({ functionSlug }) => functionSlug === "app-child");
    await harness.commands.cancelRun(child?.id ?? "");
    await harness.settle();
    expect(await outputOf(id)).toMatchObject({
      name: "CancelledError",
      message: "The run was cancelled.",
    });
  });
});

test("invoke reaches a function of another app", async () => {
  const url = "http://other.test/api/inngest";
  const other = new Inngest({ id: "other", isDev: true, baseUrl: "http://engine.test" });
  const double = other.createFunction({ id: "double", triggers: [] }, ({ event }) => {
    return (event.data as { n: number }).n * 2;
  });
  const app = new Hono().on(
    ["GET", "POST", "PUT"],
    "/api/inngest",
    serve({ client: other, functions: [double], serveOrigin: "http://other.test" }),
  );
  await start({
    functions: (inngest) => [
      inngest.createFunction({ id: "parent", triggers: [{ event: "go" }] }, async ({ step }) =>
        step.invoke("call", {
          function: referenceFunction({ appId: "other", functionId: "double" }),
          data: { n: 21 },
        }),
      ),
    ],
    fetchElsewhere: async (target, { signal: _, ...init }) => app.request(target, init),
  });
  await harness.commands.syncApp(url);
  const [run] = await harness.runToEnd({ name: "go" });
  expect(run).toMatchObject({ status: "Completed", output: "42" });
});

describe("sendEvent", () => {
  test("inside a function starts others, once, also when a later step is retried", async () => {
    let started = 0;
    let tries = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "sender", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.sendEvent("tell", { name: "told", data: {} });
          await step.run("flaky", () => {
            tries += 1;
            if (tries < 3) throw new Error("not yet");
          });
        }),
        inngest.createFunction({ id: "told", triggers: [{ event: "told" }] }, async ({ step }) => {
          await step.run("count", () => (started += 1));
        }),
      ],
    });
    await harness.runToEnd({ name: "go" });
    expect(started).toBe(1);
  });
});
