// What a transaction means for the scheduler's memory is carried out in the order of the transactions,
// whoever wrote them: otherwise an item could be forgotten that the tables still have, and its run hangs.

import { afterEach, expect, test } from "bun:test";
import { op, RawEngine } from "./raw-engine.ts";

let engine: RawEngine;
afterEach(() => engine.stop());

test("an event in the very turn in which a run begins to wait for it moves the run on", async () => {
  engine = new RawEngine({
    answer: ({ steps }) =>
      "w" in steps ? { body: [op.complete(steps["w"])] } : { body: [op.wait("w", "told")] },
  });
  await engine.register();
  const id = await engine.send();
  // One event in each microtask: one of them comes right after the answer was written, and is stored
  // with it in one commit.
  const told: Promise<unknown>[] = [];
  for (let count = 0; count < 300; count += 1) {
    await Promise.resolve();
    told.push(engine.send("told"));
  }
  await Promise.all(told);
  await engine.settle();
  expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
});
