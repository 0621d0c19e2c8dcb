// The state of a run that the SDK is given: in its calls, and where that is too large, on request.

import { afterEach, describe, expect, test } from "bun:test";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

const SIGNING_KEY = "0123456789abcdef0123456789abcdef";

let engine: EngineHarness;
afterEach(() => engine.stop());

async function start(options: HarnessOptions): Promise<void> {
  engine = new EngineHarness({ retryIntervalMs: 1_000, ...options });
  await engine.sync();
}

describe("a call while other steps are open", () => {
  test.each([true, false])(
    "does not wait for sleeps and waits (optimised: %p)",
    async (isOptimised) => {
      await start({
        optimizeParallelism: isOptimised,
        functions: (inngest) => [
          inngest.createFunction(
            { id: "f", triggers: [{ event: "demo/go" }] },
            async ({ step }) => {
              const twice = async () => {
                const first = await step.run("first", () => 1);
                return step.run("second", () => first + 1);
              };
              const wait = step.waitForEvent("wait", { event: "demo/never", timeout: "10s" });
              const [sum] = await Promise.all([twice(), step.sleep("nap", "5s"), wait]);
              return sum;
            },
          ),
        ],
      });
      const [run] = await engine.runToEnd({ name: "demo/go" });
      expect(run).toMatchObject({ status: "Completed", output: "2" });
    },
  );

  test.each([true, false])(
    "does not wait for a step with input (optimised: %p)",
    async (isOptimised) => {
      let tries = 0;
      await start({
        optimizeParallelism: isOptimised,
        functions: (inngest) => [
          inngest.createFunction(
            { id: "f", triggers: [{ event: "demo/go" }] },
            async ({ step }) => {
              const retried = (x: number) => {
                tries += 1;
                if (tries === 1) throw new Error("once");
                return x;
              };
              return Promise.all([
                step.run("first", (x: number) => x, 1),
                step.run("second", retried, 7),
              ]);
            },
          ),
        ],
      });
      const [run] = await engine.runToEnd({ name: "demo/go" });
      expect(run).toMatchObject({ status: "Completed", output: "[1,7]" });
    },
  );
});

describe("a state that is too large for a call", () => {
  test("may have grown when the SDK fetches it, and the SDK goes on from what it got", async () => {
    const chunk = "x".repeat(3 * 1024 * 1024);
    let isFetched = false;
    await start({
      checkpointing: false,
      optimizeParallelism: false,
      onAppRequest: (url) => {
        if (!url.endsWith("/actions") || isFetched) return;
        isFetched = true;
        // Taken in before the request is.
        void engine.commands.acceptEvents([{ name: "demo/second", data: {}, user: {} }]);
      },
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "demo/big" }] }, async ({ step }) => {
          await step.run("a", () => chunk);
          await step.run("b", () => chunk);
          const wait = (event: string) => step.waitForEvent(event, { event, timeout: "1d" });
          const woken = await Promise.all([wait("demo/first"), wait("demo/second")]);
          return woken.map((event) => event?.name);
        }),
      ],
    });
    const id = await engine.send({ name: "demo/big" });
    await engine.settle();
    const sentAtMs = engine.clock.nowMs();
    isFetched = false;
    await engine.send({ name: "demo/first" });
    await engine.settle();
    expect((await engine.runsOf(id))[0]).toMatchObject({
      status: "Completed",
      output: '["demo/first","demo/second"]',
    });
    expect(engine.clock.nowMs()).toBe(sentAtMs);
  });

  test.each([
    ["in development", {}],
    // The SDK checks signatures against the real time.
    ["with the signing key", { signingKey: SIGNING_KEY, clock: new VirtualClock(Date.now()) }],
  ])("is fetched by the SDK %s", async (_, options) => {
    const chunk = "x".repeat(3 * 1024 * 1024);
    await start({
      checkpointing: false,
      functions: (inngest) => [
        inngest.createFunction(
          { id: "f", triggers: [{ event: "demo/big" }] },
          async ({ event, step }) => {
            const first = await step.run("first", () => chunk);
            const second = await step.run("second", () => chunk);
            const third = await step.run("third", () => "small");
            return [event.data["k"], first.length, second.length, third];
          },
        ),
      ],
      ...options,
    });
    const [run] = await engine.runToEnd({ name: "demo/big", data: { k: "a" } });
    expect(run?.output).toBe(`["a",${chunk.length},${chunk.length},"small"]`);
  });
});
