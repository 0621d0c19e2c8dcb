// `timeouts`: a run that starts or ends too late is cancelled. Protocol notes, section 2.
//
// Invariants:
//   T1. Each limit is a queue item of the run: the start's from its creation, the finish's from its start.
//       So both survive a restart, and both are gone with the run.
//   T2. A run that is late is never called, whichever of its items comes first after a time of standstill.

import type { RunTimeouts } from "../../core/flow-control.ts";
import { type QueueItem, runTimeoutItemId, type TimeoutKind } from "../../core/queue-item.ts";
import type { Run } from "../../core/run.ts";
import type { IntakeTransaction } from "../intake/intake-transaction.ts";

interface TimedRun {
  readonly runId: string;
  readonly appId: string;
}

/** For a run that is created now and due at `dueAtMs`: it can't be late before that. */
export function limitStart(
  transition: IntakeTransaction,
  { timeouts, dueAtMs, ...run }: TimedRun & { timeouts: RunTimeouts; dueAtMs: number },
): void {
  const { startMs } = timeouts;
  if (startMs !== undefined) enqueue(transition, run, "start-timeout", dueAtMs + startMs);
}

/** For a run whose first call is on its way. */
export function limitFinish(transition: IntakeTransaction, run: Run, timeouts: RunTimeouts): void {
  const startItemId = runTimeoutItemId(run.id, "start-timeout");
  if (timeouts.startMs !== undefined) {
    transition.deps.store.queue.remove(startItemId);
    transition.effects.remove(startItemId);
  }
  if (timeouts.finishMs === undefined) return;
  const { id: runId, appId } = run;
  enqueue(transition, { runId, appId }, "finish-timeout", transition.nowMs + timeouts.finishMs);
}

/** The run's limit that has passed, if one has: asked before each call of a function that has limits. */
export function findPassedTimeout(
  { store, clock }: IntakeTransaction["deps"],
  run: Run,
): QueueItem | null {
  const kind = run.status === "QUEUED" ? "start-timeout" : "finish-timeout";
  const item = store.queue.find(runTimeoutItemId(run.id, kind));
  return item !== null && item.dueAtMs <= clock.nowMs() ? item : null;
}

/** A start's limit means nothing to a run that has started meanwhile. */
export function fireTimeout(transition: IntakeTransaction, item: QueueItem): void {
  const { store } = transition.deps;
  store.queue.remove(item.id);
  transition.effects.remove(item.id);
  const run = store.runs.find(item.runId);
  if (!run || (item.kind === "start-timeout" && run.status !== "QUEUED")) return;
  const what = item.kind === "start-timeout" ? "start" : "finish";
  transition.cancelRun(run.id, `The run was cancelled: it did not ${what} within its timeout.`);
}

function enqueue(
  transition: IntakeTransaction,
  { runId, appId }: TimedRun,
  kind: TimeoutKind,
  dueAtMs: number,
): void {
  const id = runTimeoutItemId(runId, kind);
  const times = { dueAtMs, queuedAtMs: transition.nowMs };
  const item = { id, runId, kind, stepId: "", attempt: 0, ...times, payloadJson: null };
  transition.deps.store.queue.insert(item);
  transition.effects.put({ id, runId, appId, kind, dueAtMs, slots: [] });
}
