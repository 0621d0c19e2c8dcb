import { afterEach, describe, expect, test } from "bun:test";
import { NonRetriableError, RetryAfterError } from "inngest";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

let harness: EngineHarness;

async function start(options: HarnessOptions): Promise<EngineHarness> {
  harness = new EngineHarness(options);
  await harness.sync();
  return harness;
}

const minutes = (count: number) => count * 60_000;

afterEach(() => harness.stop());

describe("steps in a row", () => {
  test("each run once, and the function's result is the run's", async () => {
    const ran: string[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "row", triggers: [{ event: "go" }] }, async ({ step }) => {
          const a = await step.run("a", () => ran.push("a"));
          const b = await step.run("b", () => ran.push("b"));
          return { sum: a + b };
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go", data: {} });
    expect(run).toMatchObject({ status: "Completed", output: '{"sum":3}' });
    expect(ran).toEqual(["a", "b"]);
  });

  test("are stored by one call when checkpointing is on, and by one call each when it is off", async () => {
    const functions: HarnessOptions["functions"] = (inngest) => [
      inngest.createFunction({ id: "row", triggers: [{ event: "go" }] }, async ({ step }) => {
        for (const id of ["a", "b", "c"]) await step.run(id, () => id);
      }),
    ];
    await start({ functions });
    await harness.runToEnd({ name: "go" });
    expect(harness.calls).toHaveLength(1);
    await harness.stop();

    await start({ functions, checkpointing: false });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Completed");
    expect(harness.calls).toHaveLength(4);
  });

  test("of one name are different steps", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "same", triggers: [{ event: "go" }] }, async ({ step }) => {
          const values: number[] = [];
          for (let index = 0; index < 3; index += 1) values.push(await step.run("x", () => index));
          return values;
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toBe("[0,1,2]");
  });
});

describe("a step that fails", () => {
  test("is tried again with Inngest's pauses, and what succeeded before is not repeated", async () => {
    let firstCount = 0;
    const triedAtMs: number[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "flaky", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.run("first", () => (firstCount += 1));
          return step.run("flaky", () => {
            triedAtMs.push(harness.clock.nowMs());
            if (triedAtMs.length < 3) throw new Error("not yet");
            return "done";
          });
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '"done"' });
    expect(firstCount).toBe(1);
    const [first = 0, second = 0, third = 0] = triedAtMs;
    expect([second - first, third - second]).toEqual([15_000, 30_000]);
  });

  test("fails the run after its last attempt, with its error", async () => {
    let tries = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "broken", retries: 2, triggers: [{ event: "go" }] },
          async ({ step }) => {
            await step.run("broken", () => {
              tries += 1;
              throw new TypeError("never works");
            });
          },
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Failed");
    expect(run?.output).toContain("never works");
    expect(tries).toBe(3);
  });

  test("can be caught by the function, which then goes on", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "caught", retries: 0, triggers: [{ event: "go" }] },
          async ({ step }) =>
            step
              .run("risky", () => {
                throw new Error("risk came true");
              })
              .catch(() => step.run("fallback", () => "saved")),
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '"saved"' });
  });

  test("for good is told to its function at once", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "final", triggers: [{ event: "go" }] }, async ({ step }) =>
          step
            .run("final", () => {
              throw new NonRetriableError("no use");
            })
            .catch(() => "caught"),
        ),
      ],
    });
    const startedAtMs = harness.clock.nowMs();
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.output).toBe('"caught"');
    expect(harness.clock.nowMs()).toBe(startedAtMs);
    expect(harness.logged).toEqual([]);
  });

  test("with NonRetriableError is not tried again", async () => {
    let tries = 0;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "final", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.run("final", () => {
            tries += 1;
            throw new NonRetriableError("no use");
          });
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Failed");
    expect(tries).toBe(1);
  });

  test("with RetryAfterError is tried again when it says", async () => {
    const triedAtMs: number[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "later", triggers: [{ event: "go" }] }, async ({ step }) =>
          step.run("later", () => {
            triedAtMs.push(harness.clock.nowMs());
            if (triedAtMs.length === 1) throw new RetryAfterError("busy", "7m");
            return "ok";
          }),
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Completed");
    const [first = 0, second = 0] = triedAtMs;
    expect(second - first).toBeGreaterThanOrEqual(minutes(7) - 1_000);
    expect(second - first).toBeLessThanOrEqual(minutes(7));
  });
});

describe("a function that fails", () => {
  test("calls its onFailure with the error and the event", async () => {
    const failures: unknown[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          {
            id: "broken",
            retries: 0,
            triggers: [{ event: "go" }],
            onFailure: async ({ error, event }) => {
              failures.push([error.message, event.data.event.data, event.data.function_id]);
            },
          },
          async () => {
            throw new Error("boom");
          },
        ),
      ],
    });
    await harness.runToEnd({ name: "go", data: { n: 1 } });
    await harness.settle();
    expect(failures).toEqual([["boom", { n: 1 }, "app-broken"]]);
  });

  test("and one that ends well are told to whoever listens to function.finished", async () => {
    const finished: unknown[] = [];
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "work", retries: 0, triggers: [{ event: "go" }] },
          async ({ event }) => {
            if (event.data.fails) throw new Error("boom");
            return "fine";
          },
        ),
        inngest.createFunction(
          { id: "listener", triggers: [{ event: "inngest/function.finished" }] },
          async ({ event }) => {
            const { result, error } = event.data as {
              result?: string;
              error?: { message: string };
            };
            finished.push(result ?? error?.message);
          },
        ),
      ],
    });
    await harness.runToEnd({ name: "go", data: {} });
    await harness.runToEnd({ name: "go", data: { fails: true } });
    await harness.settle();
    expect(finished).toEqual(["fine", "boom"]);
  });
});

describe("steps side by side", () => {
  const parallel: HarnessOptions["functions"] = (inngest) => [
    inngest.createFunction({ id: "wide", triggers: [{ event: "go" }] }, async ({ step }) => {
      const parts = await Promise.all([
        step.run("a", () => "a"),
        step.run("b", () => "b"),
        step.run("c", () => "c"),
      ]);
      return step.run("join", () => parts.join(""));
    }),
  ];

  test("each run once and are joined (optimised)", async () => {
    await start({ functions: parallel });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '"abc"' });
  });

  test("each run once and are joined (plain)", async () => {
    await start({ functions: parallel, optimizeParallelism: false });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '"abc"' });
  });

  test("fail and retry on their own", async () => {
    const tries = { a: 0, b: 0 };
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "wide", triggers: [{ event: "go" }] }, async ({ step }) =>
          Promise.all([
            step.run("a", () => (tries.a += 1)),
            step.run("b", () => {
              tries.b += 1;
              if (tries.b < 3) throw new Error("not yet");
              return tries.b;
            }),
          ]),
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: "[1,3]" });
    expect(tries).toEqual({ a: 1, b: 3 });
  });

  test("may be chains of steps, sleeps and waits", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "chains", triggers: [{ event: "go" }] }, async ({ step }) => {
          const chain = async (id: string) => {
            await step.run(`${id}-1`, () => 1);
            await step.sleep(`${id}-nap`, id === "a" ? "10s" : "1h");
            return step.run(`${id}-2`, () => id);
          };
          return Promise.all([chain("a"), chain("b")]);
        }),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '["a","b"]' });
  });
});
