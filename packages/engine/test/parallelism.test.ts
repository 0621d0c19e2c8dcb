// Steps side by side: which calls the engine makes for them. Protocol notes, section 1.6.

import { afterEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";
import { op, RawEngine } from "./raw-engine.ts";

let harness: EngineHarness;
let stop: () => unknown = () => {};
afterEach(() => stop());

const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

/** Runs the function to its end; the calls that it took, `step` for the function itself. */
async function callsOf(options: HarnessOptions): Promise<readonly string[]> {
  harness = new EngineHarness(options);
  stop = () => harness.stop();
  await harness.sync();
  const [run] = await harness.runToEnd({ name: "go" });
  expect(run?.status).toBe("Completed");
  const names = new Map(["a", "b", "c", "d", "after"].map((id) => [sha1(id), id]));
  return harness.calls.map(({ stepId }) => names.get(stepId) ?? stepId);
}

const three: HarnessOptions["functions"] = (inngest) => [
  inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
    await Promise.all(["a", "b", "c"].map((id) => step.run(id, () => id)));
    return step.run("after", () => "done");
  }),
];

describe("steps planned together", () => {
  test("are joined by one call when the SDK optimises", async () => {
    const calls = await callsOf({ functions: three });
    expect(calls.toSorted()).toEqual(["a", "b", "c", "step", "step"]);
  });

  test("are followed by a call each when it does not", async () => {
    const calls = await callsOf({ functions: three, optimizeParallelism: false });
    expect(calls.filter((call) => call !== "step").toSorted()).toEqual(["a", "after", "b", "c"]);
    expect(calls.filter((call) => call === "step").length).toBeGreaterThan(2);
  });

  test("of which a sleep ends last are followed by a call that plans, as on Inngest", async () => {
    const calls = await callsOf({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
          await Promise.all([step.run("a", () => 1), step.sleep("nap", "1s")]);
          await step.run("after", () => 2);
          await step.run("b", () => 3);
        }),
      ],
    });
    // "after" was planned and called by itself; from then on calls run what they find.
    expect(calls).toEqual(["step", "a", "step", "after", "step"]);
  });

  test("of which a sleep ends last plan once, not again after the next sleep", async () => {
    const calls = await callsOf({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
          await Promise.all([step.run("a", () => 1), step.sleep("nap", "1s")]);
          await step.sleep("second nap", "1s");
          await step.run("after", () => 2);
          await step.run("b", () => 3);
        }),
      ],
    });
    expect(calls).toEqual(["step", "a", "step", "step"]);
  });

  test("of which a sleep ends first run on at once after the last", async () => {
    const napEnds = async (runId: string) => {
      harness.clock.advanceMs(1_000);
      const steps = () => harness.reads.findTraceParts(runId, { withPayloads: false })?.steps ?? [];
      while (steps().every(({ kind, status }) => kind !== "sleep" || status === "open")) {
        await new Promise(setImmediate);
      }
    };
    const running = callsOf({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "f", triggers: [{ event: "go" }] },
          async ({ step, runId }) => {
            await Promise.all([step.run("a", () => napEnds(runId)), step.sleep("nap", "1s")]);
            await step.run("after", () => 2);
          },
        ),
      ],
    });
    expect(await running).toEqual(["step", "a", "step"]);
  });
});

test("a step that a checkpoint plans is called, while the call that planned it goes on", async () => {
  const { promise: called, resolve: call } = Promise.withResolvers<void>();
  const engine = new RawEngine({
    answer: async ({ runId, itemId, generationId, stepId, steps }) => {
      if (stepId === "a") {
        call();
        return { body: [op.done("a", 1)] };
      }
      if ("a" in steps) return { body: [op.complete(steps["a"])] };
      const planned = { kind: "step-planned", id: "a", displayName: "a", isRace: false } as const;
      await engine.commands.checkpoint({ runId, itemId, generationId, ops: [planned] });
      await called;
      return { body: [] };
    },
  });
  stop = () => engine.stop();
  await engine.register();
  const id = await engine.send();
  await engine.settle();
  expect(engine.runsOf(id)[0]).toMatchObject({ status: "COMPLETED", outputJson: '{"data":1}' });
  expect(engine.calls.map(({ stepId }) => stepId)).toEqual(["step", "a", "step"]);
});

describe("a sleep by itself", () => {
  test("is followed by a call that runs on, also after steps side by side", async () => {
    const calls = await callsOf({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async ({ step }) => {
          await Promise.all([step.run("a", () => 1), step.run("b", () => 2)]);
          await step.sleep("nap", "1s");
          await step.run("c", () => 3);
          await step.run("d", () => 4);
        }),
      ],
    });
    expect(calls).toEqual(["step", "a", "b", "step", "step"]);
  });
});

describe("a race", () => {
  test.each([
    ["the rest still run", false],
    ["a step beside the race still runs", true],
  ])("goes on with its first while %s", async (_, isBeside) => {
    const { promise: wentOn, resolve: goOn } = Promise.withResolvers<string>();
    await callsOf({
      functions: (inngest) => [
        inngest.createFunction(
          { id: "f", triggers: [{ event: "go" }] },
          async ({ step, group }) => {
            const race = async () => {
              const winner = await group.parallel({ mode: "race" }, () =>
                Promise.race([
                  step.run("a", () => "a"),
                  step.run("b", () => (isBeside ? "b" : wentOn)),
                ]),
              );
              return step.run("after", () => goOn(winner));
            };
            await Promise.all(isBeside ? [race(), step.run("c", () => wentOn)] : [race()]);
          },
        ),
      ],
    });
    expect(isBeside ? ["a", "b"] : ["a"]).toContain(await wentOn);
  });
});
