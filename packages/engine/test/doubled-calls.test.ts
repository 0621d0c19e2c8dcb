// One call that was carried out twice: an HTTP client or a proxy between engine and app sent it again.

import { afterEach, expect, test } from "bun:test";
import type { StepOp } from "../src/core/outcome.ts";
import { op, type RawCall, RawEngine } from "./raw-engine.ts";

let engine: RawEngine;
afterEach(() => engine.stop());

function checkpoint(call: RawCall, id: string, data: unknown): Promise<void> {
  const { runId, itemId, generationId } = call;
  const step: StepOp = { id, displayName: id, isRace: false, kind: "step-done", data };
  return engine.commands.checkpoint({ runId, itemId, generationId, ops: [step] });
}

const codeOf = (work: Promise<void>) =>
  work.then(
    () => "stored",
    (error: { code: string }) => error.code,
  );

test("the second result of a step is refused, and what was made from it is not taken", async () => {
  const checkpoints: string[] = [];
  engine = new RawEngine({
    answer: async (call) => {
      if (engine.calls.length > 1) return { body: [op.complete(call.steps["a"])] };
      checkpoints.push(await codeOf(checkpoint(call, "a", "first")));
      checkpoints.push(await codeOf(checkpoint(call, "a", "second")));
      return { body: [op.done("a", "second"), op.done("b", "from second"), op.complete("second")] };
    },
  });
  await engine.register();
  const id = await engine.send();
  await engine.settle();
  expect(checkpoints).toEqual(["stored", "STEP_CONTRADICTED"]);
  expect(engine.calls[1]?.steps).toEqual({ a: { data: "first" } });
  expect(engine.runsOf(id)[0]).toMatchObject({
    status: "COMPLETED",
    outputJson: JSON.stringify({ data: "first" }),
  });
});

test("a checkpoint that comes again is acknowledged again", async () => {
  const checkpoints: string[] = [];
  engine = new RawEngine({
    answer: async (call) => {
      checkpoints.push(await codeOf(checkpoint(call, "a", "first")));
      checkpoints.push(await codeOf(checkpoint(call, "a", "first")));
      return { body: [op.complete()] };
    },
  });
  await engine.register();
  await engine.send();
  await engine.settle();
  expect(checkpoints).toEqual(["stored", "stored"]);
  expect(engine.calls).toHaveLength(1);
});
