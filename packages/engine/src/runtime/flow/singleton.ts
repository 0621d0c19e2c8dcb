// `singleton`: of the runs with one key one goes on at a time. Protocol notes, section 2.
//
// Invariant:
//   N1. A key is held by a run that has not ended, and by that fact alone: whatever ends the run frees it.

import type { Singleton } from "../../core/flow-control.ts";
import type { IntakeTransaction } from "../intake/intake-transaction.ts";
import { type RunStart, recordSkippedRun, startRun } from "../intake/start-run.ts";
import { findFlowKey } from "./flow-key.ts";

/** The id of the run that was started; null when another one goes on and this one was skipped. */
export function startSingleton(
  transition: IntakeTransaction,
  start: RunStart,
  singleton: Singleton,
): string | null {
  const { fn, event } = start;
  const name = findFlowKey(fn.id, { option: "singleton", ...singleton }, event);
  if (name === null) return startRun(transition, start);

  const { singletons } = transition.deps.store;
  const holderId = singletons.findHolder(name);
  if (holderId !== null && singleton.mode === "cancel") {
    transition.effects.hitLimit("singleton");
    transition.cancelRun(
      holderId,
      "The run was cancelled: a newer one took its place (singleton).",
    );
  }
  // Asked again: the end of the holder may itself have started the next one.
  if (singletons.findHolder(name) !== null) {
    transition.effects.hitLimit("singleton");
    recordSkippedRun(transition, start);
    return null;
  }
  const runId = startRun(transition, start);
  singletons.put(name, runId);
  return runId;
}
