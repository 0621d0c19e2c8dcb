// What stands between an event and a run of a function that it starts. Protocol notes, section 2.
//
// Invariants:
//   A1. The order is: trigger, event id, rate limits and idempotency, singleton, then the run itself. What an
//       earlier one stops, a later one never sees.
//   A2. All of it is stored in the transaction of the event: a crash leaves the event with its
//       consequences, or without the event.
//   A3. A function without flow control costs nothing here.
//   A4. A repeat that a person asks for (rerun) passes by all of it.
//   A5. An event id that has started its run is answered with that run and has no other effect: whoever sends
//       an event again, not knowing that it arrived, uses up no limit and cancels nothing.

import { takeFromRateLimits } from "../flow/rate-limits.ts";
import { startSingleton } from "../flow/singleton.ts";
import type { IntakeTransaction } from "./intake-transaction.ts";
import { findRunOfEventId, type RunStart, startRun } from "./start-run.ts";

export type Admission =
  | { readonly kind: "started"; readonly runId: string }
  /** In words that an invoker is told. */
  | { readonly kind: "refused"; readonly reason: string };

/** Starts a run of the function unless its flow control says otherwise. */
export function admit(transition: IntakeTransaction, start: RunStart): Admission {
  const { fn, event } = start;
  const known = findRunOfEventId(transition, start);
  if (known !== null) return { kind: "started", runId: known };
  const { rateLimits, singleton } = fn.config;
  if (rateLimits && !takeFromRateLimits(transition, { id: fn.id, rateLimits }, event)) {
    return { kind: "refused", reason: "invoked function is rate limited" };
  }
  if (singleton) {
    const runId = startSingleton(transition, start, singleton);
    if (runId !== null) return { kind: "started", runId };
    return {
      kind: "refused",
      reason: "invoked function was skipped: a run of it goes on (singleton)",
    };
  }
  return { kind: "started", runId: startRun(transition, start) };
}
