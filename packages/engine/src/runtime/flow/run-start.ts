// The moment at which a run's first call is about to leave. Protocol notes, section 2.
//
// Invariants:
//   B1. The start of a throttled run and the mark that it leaves on its throttle are one transaction, and
//       its call leaves after that. So neither a crash nor a full disk lets one start too many through.
//   B2. The mark is left before the scheduler looks at the next item: in the same turn, without a wait.

import type { RunTimeouts } from "../../core/flow-control.ts";
import { decideGcra } from "../../core/gcra.ts";
import type { Run } from "../../core/run.ts";
import { runUpdate } from "../../core/run-update.ts";
import type { IntakeTransaction } from "../intake/intake-transaction.ts";
import type { ScheduledItem } from "../queue/scheduler.ts";
import type { ThrottleGate } from "../queue/throttles.ts";
import { limitFinish } from "./run-timeouts.ts";

export interface RunBeginning {
  readonly timeouts: RunTimeouts | undefined;
  /** The item of the first call. */
  readonly item: ScheduledItem;
  readonly startedAtMs: number;
}

/** The run is RUNNING, has passed its throttle, and has to end in time. */
export function recordStart(transition: IntakeTransaction, run: Run, start: RunBeginning): void {
  const { timeouts, item, startedAtMs } = start;
  transition.deps.store.runs.start(run.id, startedAtMs);
  const { throttle, ...passed } = item;
  if (throttle) {
    leaveMark(transition, throttle);
    transition.effects.put(passed);
  }
  if (timeouts) limitFinish(transition, run, timeouts);
  const { deps, effects } = transition;
  if (deps.feed.isWatched(run.id)) {
    effects.tell(runUpdate(run, "RUNNING", { atMs: startedAtMs }));
  }
}

function leaveMark({ deps: { store }, nowMs }: IntakeTransaction, throttle: ThrottleGate): void {
  const decision = decideGcra(throttle, store.gcra.findUsedUntilMs(throttle.name), nowMs);
  if (decision.isAdmitted) store.gcra.put(throttle.name, decision.usedUntilMs);
}
