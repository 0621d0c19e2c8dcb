// Whose attempts are counted, and what a trace shows of them.

import { afterEach, describe, expect, test } from "bun:test";
import { EngineHarness, type HarnessOptions } from "./engine-harness.ts";

let harness: EngineHarness;
afterEach(() => harness.stop());

async function start(options: HarnessOptions): Promise<void> {
  harness = new EngineHarness(options);
  await harness.sync();
}

/** What a trace shows: each step with its status and the index of its latest attempt. */
function attemptsOf(runId: string): Record<string, number> {
  const parts = harness.reads.findTraceParts(runId, { withPayloads: false });
  return Object.fromEntries((parts?.steps ?? []).map(({ name, attempt }) => [name, attempt]));
}

const failedTries = (runId: string) =>
  (harness.reads.findTraceParts(runId, { withPayloads: true })?.failedAttempts ?? []).map(
    ({ name, attempt }) => `${name} ${attempt}`,
  );

describe.each([
  ["with checkpoints", true],
  ["without", false],
])("each step has all attempts to itself, %s", (_, checkpointing) => {
  test("also after one that needed all but its last", async () => {
    const tries = { a: 0, b: 0, end: 0 };
    await start({
      checkpointing,
      functions: (inngest) => [
        inngest.createFunction(
          { id: "f", retries: 2, triggers: [{ event: "go" }] },
          async ({ step }) => {
            for (const id of ["a", "quick", "b"] as const) {
              await step.run(id, () => {
                if (id === "quick") return;
                tries[id] += 1;
                if (tries[id] < 3) throw new Error("not yet");
              });
            }
            tries.end += 1;
            if (tries.end < 3) throw new Error("not yet");
            return "done";
          },
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run).toMatchObject({ status: "Completed", output: '"done"' });
    expect(tries).toEqual({ a: 3, b: 3, end: 3 });
    expect(attemptsOf(run?.id ?? "")).toEqual({ a: 2, quick: 0, b: 2 });
    expect(failedTries(run?.id ?? "")).toEqual(["a 0", "a 1", "b 0", "b 1", " 0", " 1"]);
  });

  test("and no more than that", async () => {
    let tries = 0;
    await start({
      checkpointing,
      functions: (inngest) => [
        inngest.createFunction(
          { id: "f", retries: 2, triggers: [{ event: "go" }] },
          async ({ step }) => {
            await step.run("a", () => {});
            await step.run("b", () => {
              tries += 1;
              throw new Error("never");
            });
          },
        ),
      ],
    });
    const [run] = await harness.runToEnd({ name: "go" });
    expect(run?.status).toBe("Failed");
    expect(tries).toBe(3);
    expect(attemptsOf(run?.id ?? "")).toEqual({ a: 0, b: 2 });
  });
});

test("the end of a failed run is told once to its onFailure and once to each other listener", async () => {
  const told: string[] = [];
  await start({
    functions: (inngest) => {
      const listener = (id: string, event: string) =>
        inngest.createFunction({ id, triggers: [{ event }] }, async () => {
          told.push(id);
        });
      return [
        inngest.createFunction(
          {
            id: "broken",
            retries: 0,
            triggers: [{ event: "go" }],
            onFailure: async () => {
              told.push("onFailure");
            },
          },
          async () => {
            throw new Error("boom");
          },
        ),
        listener("one", "inngest/function.failed"),
        listener("two", "inngest/function.failed"),
        listener("finished", "inngest/function.finished"),
        listener("cancelled", "inngest/function.cancelled"),
      ];
    },
  });
  const [first] = await harness.runToEnd({ name: "go", id: "once" });
  await harness.settle();
  expect(told.sort()).toEqual(["finished", "onFailure", "one", "two"]);
  await harness.commands.rerun(first?.id ?? "");
  await harness.settle();
  expect(told).toHaveLength(8);
});
