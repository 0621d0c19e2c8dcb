// A run that waits for another: every way in which the two can end, and meet.

import { afterEach, describe, expect, test } from "bun:test";
import { op, type RawAnswer, type RawCall, RawEngine } from "./raw-engine.ts";

let engine: RawEngine;
afterEach(() => engine.stop());

const HOUR_MS = 3_600_000;

/** A parent that invokes a child in a step of this id, and returns what it was given for it. */
async function start(options: {
  stepId?: string;
  timeout?: string;
  child: (call: RawCall) => RawAnswer | Promise<RawAnswer>;
}): Promise<string> {
  const { stepId = "call", timeout, child } = options;
  engine = new RawEngine({
    functions: [{ slug: "app-parent" }, { slug: "app-child", triggers: [] }],
    answer: (call) => {
      if (call.url.includes("app-child")) return child(call);
      const value = Object.getOwnPropertyDescriptor(call.steps, stepId)?.value;
      if (value !== undefined) return { body: [op.complete(value)] };
      return { body: [op.invoke(stepId, "app-child", timeout)] };
    },
  });
  await engine.register();
  return engine.send();
}

const ALL = { fromMs: null, untilMs: null, after: null, limit: 100 } as const;

const runsOf = (slug: string) =>
  engine.core.reads
    .loadRuns({
      ...ALL,
      timeField: "queuedAt",
      order: "ASC",
      statuses: null,
      functionIds: null,
      withOutput: true,
    })
    .filter(({ functionSlug }) => functionSlug === slug);

/** The functions whose end was told, one entry for each time. */
const toldEnds = (name = "inngest/function.finished") =>
  engine.core.reads
    .loadEvents({ ...ALL, name, includesInternal: true })
    .map(({ payloadJson }) => JSON.parse(payloadJson).data.function_id)
    .sort();

describe("the result of an invoked run", () => {
  test.each(["call", "a.b", "..", "run.step.1", "ü \"'`:%", "__proto__", "x".repeat(1_000)])(
    "reaches the step %p",
    async (stepId) => {
      const id = await start({ stepId, child: () => ({ body: [op.complete(42)] }) });
      await engine.settle();
      expect(engine.runsOf(id)[0]).toMatchObject({
        status: "COMPLETED",
        outputJson: '{"data":42}',
      });
    },
  );
});

describe("an invocation's timeout", () => {
  test("and the child's end in one turn settle the step once, and each run ends once", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const id = await start({
      timeout: "1h",
      child: async () => {
        await released;
        return { body: [op.complete("child")] };
      },
    });
    await engine.settle();
    release();
    engine.clock.advanceMs(HOUR_MS);
    await engine.settle();
    expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
    expect(runsOf("app-child")[0]?.status).toBe("COMPLETED");
    expect(engine.ended).toHaveLength(2);
    expect(toldEnds()).toEqual(["app-child", "app-parent"]);
  });

  test("leaves the child running, whose end then changes nothing", async () => {
    const id = await start({
      timeout: "1h",
      child: ({ steps }) => ({ body: ["s" in steps ? op.complete("late") : op.sleep("s", "2h")] }),
    });
    await engine.settle();
    engine.clock.advanceMs(HOUR_MS);
    await engine.settle();
    const ended = engine.runsOf(id)[0];
    expect(ended?.outputJson).toContain("InngestInvokeTimeoutError");
    engine.clock.advanceMs(HOUR_MS);
    await engine.settle();
    expect(runsOf("app-child")[0]).toMatchObject({ status: "COMPLETED", outputJson: '"late"' });
    expect(engine.runsOf(id)[0]).toEqual(ended);
  });
});

describe("a cancellation", () => {
  const sleeper = ({ steps }: RawCall) => ({
    body: ["s" in steps ? op.complete("child") : op.sleep("s", "2h")],
  });

  test("of the child fails the parent's step", async () => {
    const id = await start({ child: sleeper });
    await engine.settle();
    await engine.commands.cancelRun(runsOf("app-child")[0]?.id ?? "");
    await engine.settle();
    expect(engine.runsOf(id)[0]?.outputJson).toContain("CancelledError");
    expect(toldEnds("inngest/function.cancelled")).toEqual(["app-child"]);
  });

  test("of the parent leaves the child alone, whose end then starts nothing", async () => {
    const id = await start({ child: sleeper });
    await engine.settle();
    await engine.commands.cancelRun(engine.runsOf(id)[0]?.id ?? "");
    engine.clock.advanceMs(2 * HOUR_MS);
    await engine.settle();
    expect(runsOf("app-child")[0]?.status).toBe("COMPLETED");
    expect(engine.runsOf(id)[0]?.status).toBe("CANCELLED");
    expect(toldEnds()).toEqual(["app-child", "app-parent"]);
  });

  test("and the child's end in one turn end each run once", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const id = await start({
      child: async () => {
        await released;
        return { body: [op.complete("child")] };
      },
    });
    await engine.settle();
    release();
    await Promise.allSettled([
      engine.commands.cancelRun(engine.runsOf(id)[0]?.id ?? ""),
      engine.commands.cancelRun(runsOf("app-child")[0]?.id ?? ""),
    ]);
    await engine.settle();
    expect(engine.ended).toHaveLength(2);
    expect(new Set(engine.ended.map(({ runId }) => runId)).size).toBe(2);
    expect(toldEnds()).toEqual(["app-child", "app-parent"]);
  });
});

test("an answer that ends the run starts none of the runs that it invokes", async () => {
  engine = new RawEngine({
    functions: [
      { slug: "app-parent", attemptsMax: 1 },
      { slug: "app-child", triggers: [] },
    ],
    answer: ({ url }) => ({
      body: url.includes("app-child")
        ? [op.complete()]
        : [op.invoke("call", "app-child"), op.sleep("bad", "")],
    }),
  });
  await engine.register();
  const id = await engine.send();
  await engine.settle();
  expect(engine.runsOf(id)[0]?.status).toBe("FAILED");
  expect(runsOf("app-child")).toEqual([]);
});
