// Apps that do not answer: whatever becomes of the call that asks them, the others get their turn.

import { afterEach, expect, test } from "bun:test";
import { op, type RawCall, RawEngine } from "./raw-engine.ts";

let engine: RawEngine;
afterEach(() => engine.stop());

const REFUSED = "Unable to connect. Is the computer able to access the url?";
const BROKEN = "The socket connection was closed unexpectedly.";

/** Moves time on in small steps, so that what follows from one step is there before the next. */
async function pass(durationMs: number): Promise<void> {
  const stepMs = 250;
  for (let ms = 0; ms < durationMs; ms += stepMs) {
    engine.clock.advanceMs(stepMs);
    await engine.settle();
  }
}

const statusOf = (eventId: string) => engine.runsOf(eventId)[0]?.status;

test("a run that is cancelled while it asks the app leaves the turn to the next", async () => {
  let isDown = true;
  const hanging = Promise.withResolvers<void>();
  const isAsking = Promise.withResolvers<void>();
  let callCount = 0;
  engine = new RawEngine({
    answer: async () => {
      callCount += 1;
      if (callCount === 2) {
        isAsking.resolve();
        await hanging.promise;
      }
      if (isDown) throw new Error(REFUSED);
      return { body: [op.complete()] };
    },
  });
  await engine.register();
  const [first, second] = [await engine.send(), await engine.send()];
  await engine.settle();
  engine.clock.advanceMs(250);
  await isAsking.promise;
  await engine.commands.cancelRun(engine.runsOf(first)[0]?.id ?? "");
  hanging.resolve();
  await engine.settle();
  isDown = false;
  await pass(20_000);
  expect([statusOf(first), statusOf(second)]).toEqual(["CANCELLED", "COMPLETED"]);
});

test("a run whose call breaks the connection each time holds back no other", async () => {
  const poison = { eventId: "" };
  const isPoison = (call: RawCall) => engine.runsOf(poison.eventId)[0]?.id === call.runId;
  let isUp = false;
  engine = new RawEngine({
    answer: (call) => {
      if (isPoison(call)) throw new Error(BROKEN);
      if (!isUp) throw new Error(REFUSED);
      return { body: [op.complete()] };
    },
  });
  await engine.register();
  poison.eventId = await engine.send();
  const others = [await engine.send(), await engine.send()];
  await pass(3_000);
  isUp = true;
  await pass(60_000);
  expect(others.map(statusOf)).toEqual(["COMPLETED", "COMPLETED"]);
  const late = await engine.send();
  await pass(60_000);
  expect(statusOf(late)).toBe("COMPLETED");
  expect(statusOf(poison.eventId)).toBe("RUNNING");
});
