// Runs of events that were held for others to come. Protocol notes, section 2, "Debounce" and "Batch".
//
// Invariants:
//   H1. What is held has a queue item, and both go in the transaction that starts the run: it survives restarts,
//       and after downtime it starts its run once.
//   H2. Held events need nothing of the option that held them. When a sync changes or removes it, they are due
//       at once, so that no later event overtakes them; when their function is gone, they are due in time.
//   H3. Who invoked the function is answered by the run that comes of it, or told why there is none.

import type { AppFunction } from "../../core/app.ts";
import { decideUnrunnable } from "../../core/decide-unrunnable.ts";
import {
  batchItemId,
  debounceItemId,
  type QueueItem,
  type StarterKind,
} from "../../core/queue-item.ts";
import type { Effects } from "../effects.ts";
import type { Store } from "../store.ts";
import type { Transition } from "../transition.ts";
import { admitHeld, PAUSED } from "./admission.ts";
import { startBatchRun, startRun } from "./start-run.ts";

const GONE = "invoked function or its event is no longer kept";

export function fireDebounce(transition: Transition, item: QueueItem): void {
  if (!takeDue(transition, item)) return;
  const { store, registry } = transition.deps;
  const held = store.debounces.take(item.stepId);
  if (!held) return;
  const fn = registry.findFunction(held.functionId);
  const event = store.events.find(held.eventInternalId);
  const correlationId = held.correlationId ?? undefined;
  const invokers = correlationId === undefined ? [] : [correlationId];
  if (!fn || !event) return refuseAll(transition, invokers, GONE);

  const start = { fn, event, ...(correlationId !== undefined && { correlationId }) };
  const { problem } = fn.config;
  if (problem !== undefined && !fn.pause)
    return failAtOnce(transition, startRun(transition, start), problem);
  const admission = admitHeld(transition, start);
  if (admission.kind === "refused") refuseAll(transition, invokers, admission.reason);
}

export function fireBatch(transition: Transition, item: QueueItem): void {
  if (!takeDue(transition, item)) return;
  const { store, registry } = transition.deps;
  const batch = store.batches.findOpen(item.stepId);
  if (!batch) return;
  store.batches.close(batch.name);
  const fn = registry.findFunction(batch.functionId);
  const runId = fn ? startBatchRun(transition, fn, batch.id) : null;
  if (!fn || runId === null) {
    return refuseAll(transition, store.batches.loadInvokers(batch.id), GONE);
  }
  if (fn.pause) return refuseAll(transition, store.batches.loadInvokers(batch.id), PAUSED);
  const { problem } = fn.config;
  if (problem !== undefined) failAtOnce(transition, runId, problem);
}

type HoldingFunction = Pick<AppFunction, "id" | "config">;

interface SyncTransaction {
  readonly store: Store;
  readonly effects: Effects;
  readonly nowMs: number;
}

/** After a sync of a function: what it held under another option is due now (H2). */
export function hastenHeld(
  sync: SyncTransaction,
  { old, fn }: { readonly old: HoldingFunction; readonly fn: HoldingFunction },
): void {
  // With a problem it could not run now; by the time it is due, it may be mended.
  if (fn.config.problem !== undefined) return;
  const { debounces, batches } = sync.store;
  if (!isSame(old.config.debounce, fn.config.debounce)) {
    for (const name of debounces.loadNames(fn.id)) makeDue(sync, debounceItemId(name), "debounce");
  }
  if (!isSame(old.config.batch, fn.config.batch)) {
    for (const { id } of batches.loadOpen(fn.id)) makeDue(sync, batchItemId(id), "batch");
  }
}

function makeDue({ store, effects, nowMs }: SyncTransaction, id: string, kind: StarterKind): void {
  store.queue.reschedule(id, 0, { dueAtMs: nowMs, queuedAtMs: nowMs });
  effects.put({ id, runId: "", appId: "", kind, dueAtMs: nowMs, slots: [] });
}

/** Takes the item out. False when it is gone, or was given a later time since the scheduler took it. */
function takeDue({ deps, effects, nowMs }: Transition, { id }: QueueItem): boolean {
  const item = deps.store.queue.find(id);
  if (!item) return false;
  const { kind, dueAtMs } = item;
  if (dueAtMs > nowMs) {
    effects.put({ id, runId: "", appId: "", kind, dueAtMs, slots: [] });
    return false;
  }
  deps.store.queue.remove(id);
  effects.remove(id);
  return true;
}

function refuseAll(transition: Transition, invokers: readonly string[], reason: string): void {
  for (const correlationId of invokers) transition.refuseInvoker(correlationId, reason);
}

function failAtOnce(transition: Transition, runId: string, problem: string): void {
  const run = transition.deps.store.runs.find(runId);
  if (run) transition.apply(run, decideUnrunnable(problem, transition.nowMs));
}

/** Both were read by the same code, so that their fields are in the same order. */
function isSame(a: object | undefined, b: object | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
