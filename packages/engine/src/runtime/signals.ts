// `step.waitForSignal` and who ends it. Protocol notes, sections 1.5 and 1.10.
//
// Invariants:
//   S1. A signal is waited for by one step at most.
//   S2. Its row is there as long as the step is open and has it: whatever ends step or run takes it away
//       in the same transaction, so that the signal is free for another.
//   S3. A step whose signal was taken (`onConflict: "replace"`) waits on, and ends at its timeout.
//   S4. A signal that nobody waits for is refused, not kept.

import { EngineError } from "../core/errors.ts";
import { STEP_OUTPUT_BYTES_MAX } from "../core/limits.ts";
import type { CallAnswer } from "../core/outcome.ts";
import type { IncomingSignal } from "../protocol/signal.ts";
import type { Store } from "./store.ts";
import type { Transition } from "./transition.ts";

/** Of the signals that an answer waits for, those that a step already waits for. */
export function findTakenSignals(
  { signals }: Pick<Store, "signals">,
  { outcome }: CallAnswer,
): ReadonlySet<string> {
  const taken = new Set<string>();
  if (outcome.kind !== "ops") return taken;
  for (const op of outcome.ops) {
    if (op.kind === "wait-for-signal" && signals.find(op.signal)) taken.add(op.signal);
  }
  return taken;
}

/** Ends the wait for the signal and returns its run's id. Throws NOT_FOUND, TOO_LARGE. */
export function acceptSignal(transition: Transition, { signal, data }: IncomingSignal): string {
  const wait = transition.deps.store.signals.find(signal);
  if (!wait) throw new EngineError("NOT_FOUND", `No run waits for the signal "${signal}".`);
  const { runId, stepId } = wait;
  const valueJson = JSON.stringify({ data: { signal, data } });
  if (Buffer.byteLength(valueJson) > STEP_OUTPUT_BYTES_MAX) {
    const message = `The signal's data has more than ${STEP_OUTPUT_BYTES_MAX} bytes. Send a reference instead.`;
    throw new EngineError("TOO_LARGE", message);
  }
  transition.resolveStep(runId, { stepId, status: "completed", valueJson });
  return runId;
}
