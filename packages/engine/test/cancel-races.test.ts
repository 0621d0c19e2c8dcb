// A cancellation, or the engine's end, while something of the run is on its way.

import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConcurrencyLimit } from "../src/core/function-config.ts";
import { op, RawEngine } from "./raw-engine.ts";

let engine: RawEngine;
afterEach(() => engine.stop());

const runIdOf = (eventId: string) => engine.runsOf(eventId)[0]?.id ?? "";
const errors = () => engine.logged.filter((line) => line.startsWith("error"));
const one: readonly ConcurrencyLimit[] = [{ limit: 1, scope: "fn" }];

describe("a run that is cancelled while a model is asked for it", () => {
  test("stays cancelled, and its place goes to the next run when the model has answered", async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<Response>();
    let askedCount = 0;
    engine = new RawEngine({
      functions: [{ concurrency: one }],
      answer: ({ steps }) => ({ body: ["ask" in steps ? op.complete() : op.model("ask")] }),
      fetchElsewhere: () => {
        askedCount += 1;
        return askedCount === 1 ? answered : Promise.resolve(Response.json({ ok: true }));
      },
    });
    await engine.register();
    const [first, second] = [await engine.send(), await engine.send()];
    await engine.settle();
    await engine.commands.cancelRun(runIdOf(first));
    answer(Response.json({ ok: false }));
    await engine.settle();
    expect(engine.runsOf(first)[0]?.status).toBe("CANCELLED");
    expect(engine.runsOf(second)[0]?.status).toBe("COMPLETED");
    expect(engine.core.callsInHand).toBe(0);
    expect(errors()).toEqual([]);
  });
});

describe("a run that is cancelled while its function is called", () => {
  test("stores neither checkpoints nor the answer, and gives its place to the next run", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const checkpoints: unknown[] = [];
    let callCount = 0;
    engine = new RawEngine({
      functions: [{ concurrency: one }],
      answer: async ({ runId, itemId, generationId }) => {
        callCount += 1;
        if (callCount > 1) return { body: [op.complete("second")] };
        await released;
        const step = { id: "a", displayName: "a", isRace: false, kind: "step-done", data: 1 };
        const ops = [step] as never;
        await engine.commands
          .checkpoint({ runId, itemId, generationId, ops })
          .catch((error: unknown) => checkpoints.push(error));
        return { body: [op.complete("too late")] };
      },
    });
    await engine.register();
    const [first, second] = [await engine.send(), await engine.send()];
    await engine.settle();
    await engine.commands.cancelRun(runIdOf(first));
    release();
    await engine.settle();
    expect(checkpoints).toMatchObject([{ code: "RUN_ENDED" }]);
    expect(engine.runsOf(first)[0]).toMatchObject({ status: "CANCELLED", outputJson: "null" });
    expect(engine.runsOf(second)[0]?.outputJson).toBe('"second"');
    expect(engine.ended).toHaveLength(2);
  });
});

describe("an engine that is stopped while calls are out", () => {
  test("takes no more of them, says nothing, and repeats them at its next start", async () => {
    const path = mkdtempSync(join(tmpdir(), "engine-"));
    const storage = { kind: "directory", path } as const;
    try {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      engine = new RawEngine({
        storage,
        answer: async () => {
          await released;
          return { body: [op.complete("first")] };
        },
        fetchElsewhere: () => Promise.reject(new Error("no model")),
      });
      const stopped = engine;
      await engine.register();
      const id = await engine.send();
      await engine.settle();
      engine.stop();
      release();
      await engine.settle();
      expect(stopped.logged.filter((line) => !line.startsWith("info"))).toEqual([]);

      engine = new RawEngine({ storage, answer: () => ({ body: [op.complete("second")] }) });
      await engine.settle();
      expect(engine.runsOf(id)[0]?.outputJson).toBe('"second"');
    } finally {
      rmSync(path, { recursive: true });
    }
  });
});
