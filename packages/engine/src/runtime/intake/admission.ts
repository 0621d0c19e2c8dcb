// What stands between an event and a run of a function that it starts. Protocol notes, section 2.
//
// Invariants:
//   A1. The order is: trigger, event id, pause, batch, rate limits and idempotency, debounce, singleton, then
//       the run itself. What an earlier one stops, a later one never sees.
//   A2. All of it is stored in the transaction of the event: a crash leaves the event with its
//       consequences, or without the event.
//   A3. A function without flow control costs nothing here.
//   A4. A repeat that a person asks for (rerun) passes by all of it.
//   A5. An event id that has started its run is answered with that run and has no other effect: whoever sends
//       an event again, not knowing that it arrived, uses up no limit and cancels nothing.

import { addToBatch, isBatched } from "../flow/batch.ts";
import { holdNewest } from "../flow/debounce.ts";
import { takeFromRateLimits } from "../flow/rate-limits.ts";
import { startSingleton } from "../flow/singleton.ts";
import type { IntakeTransaction } from "./intake-transaction.ts";
import { findRunOfEventId, type RunStart, recordSkippedRun, startRun } from "./start-run.ts";

export type Admission =
  | StartOrRefusal
  /** The event waits for others to come; `held-runs.ts` starts the run. */
  | { readonly kind: "held" };

export type StartOrRefusal =
  | { readonly kind: "started"; readonly runId: string }
  /** In words that an invoker is told. */
  | { readonly kind: "refused"; readonly reason: string };

/** Starts a run of the function, or holds its event, unless its flow control says otherwise. */
export function admit(transition: IntakeTransaction, start: RunStart): Admission {
  const { batch, debounce } = start.fn.config;
  const settled = findKnown(transition, start) ?? skipPaused(transition, start);
  if (settled) return settled;
  if (batch && isBatched(batch, start.event)) {
    addToBatch(transition, start, batch);
    return { kind: "held" };
  }
  const refusal = findRefusal(transition, start);
  if (refusal) return refusal;
  if (!debounce) return startOrSkip(transition, start);
  if (holdNewest(transition, start, debounce)) return { kind: "held" };
  const reason = "invoked function was debounced: a newer event is there already";
  return { kind: "refused", reason };
}

/** For who has to be told the run's id at once: nothing holds the event. */
export function admitAtOnce(transition: IntakeTransaction, start: RunStart): StartOrRefusal {
  return (
    findKnown(transition, start) ?? findRefusal(transition, start) ?? startOrSkip(transition, start)
  );
}

/** For an event that was held: it has passed its rate limits when it came. */
export function admitHeld(transition: IntakeTransaction, start: RunStart): StartOrRefusal {
  return (
    findKnown(transition, start) ?? skipPaused(transition, start) ?? startOrSkip(transition, start)
  );
}

function findKnown(transition: IntakeTransaction, start: RunStart): StartOrRefusal | null {
  const runId = findRunOfEventId(transition, start);
  return runId === null ? null : { kind: "started", runId };
}

/** In words that an invoker is told. */
export const PAUSED = "invoked function is paused";

function skipPaused(transition: IntakeTransaction, start: RunStart): StartOrRefusal | null {
  if (!start.fn.pause) return null;
  recordSkippedRun(transition, start);
  return { kind: "refused", reason: PAUSED };
}

/** Uses up one of each rate limit when it finds none. */
function findRefusal(
  transition: IntakeTransaction,
  { fn, event }: RunStart,
): StartOrRefusal | null {
  const { rateLimits } = fn.config;
  if (!rateLimits || takeFromRateLimits(transition, { id: fn.id, rateLimits }, event)) return null;
  return { kind: "refused", reason: "invoked function is rate limited" };
}

function startOrSkip(transition: IntakeTransaction, start: RunStart): StartOrRefusal {
  const { singleton } = start.fn.config;
  if (!singleton) return { kind: "started", runId: startRun(transition, start) };
  const runId = startSingleton(transition, start, singleton);
  if (runId !== null) return { kind: "started", runId };
  const reason = "invoked function was skipped: a run of it goes on (singleton)";
  return { kind: "refused", reason };
}
