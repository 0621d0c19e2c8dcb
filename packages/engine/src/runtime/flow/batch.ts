// `batchEvents`: several events start one run. Protocol notes, section 2.
//
// Invariants:
//   U1. An event is in one batch, and a batch is open or has its run: never both, never neither.
//   U2. An event id is put for its function when the event comes, so that a repeat is in no later batch.

import { growBatch, isFullBatch, type OpenBatch } from "../../core/batch.ts";
import { eventPayload, type StoredEvent } from "../../core/event.ts";
import { evaluateBoolean } from "../../core/expression/evaluate.ts";
import type { Batching } from "../../core/flow-control.ts";
import { batchItemId } from "../../core/queue-item.ts";
import type { IntakeTransaction } from "../intake/intake-transaction.ts";
import { countsOnce, type RunStart, startBatchRun } from "../intake/start-run.ts";
import { nameFlowKey } from "./flow-key.ts";

/** False for an event that its condition is not true of, or cannot be computed for: it goes alone. */
export function isBatched({ condition }: Batching, event: StoredEvent): boolean {
  if (condition === undefined) return true;
  const reading = evaluateBoolean(condition, { event: eventPayload(event) });
  return reading.ok && reading.value;
}

/** Adds the event to the open batch of its key, or opens one. A full one starts its run. */
export function addToBatch(
  transition: IntakeTransaction,
  start: RunStart,
  batching: Batching,
): void {
  const { fn, event, correlationId } = start;
  const { store, createId } = transition.deps;
  const name = nameFlowKey(fn.id, { option: "batch", ...batching }, event);
  const known = store.batches.findOpen(name);
  const open = known ?? { id: createId(), name, functionId: fn.id, eventCount: 0, sizeBytes: 0 };
  const batch = growBatch(open, Buffer.byteLength(JSON.stringify(eventPayload(event))));
  store.batches.addEvent({
    batchId: batch.id,
    position: batch.eventCount,
    eventInternalId: event.internalId,
    correlationId: correlationId ?? null,
  });
  if (countsOnce(start)) {
    store.eventKeys.put(fn.id, event.id, { id: batch.id, nowMs: transition.nowMs });
  }
  if (isFullBatch(batch, batching)) return startFull(transition, start, batch);
  store.batches.putOpen(batch);
  if (!known) enqueue(transition, batch, { appId: fn.appId, timeoutMs: batching.timeoutMs });
}

function startFull(transition: IntakeTransaction, { fn }: RunStart, { id, name }: OpenBatch): void {
  const { store } = transition.deps;
  store.batches.close(name);
  store.queue.remove(batchItemId(id));
  transition.effects.remove(batchItemId(id));
  startBatchRun(transition, fn, id);
}

function enqueue(
  { deps, effects, nowMs }: IntakeTransaction,
  batch: OpenBatch,
  { appId, timeoutMs }: { readonly appId: string; readonly timeoutMs: number },
): void {
  const item = {
    id: batchItemId(batch.id),
    runId: "",
    kind: "batch",
    dueAtMs: nowMs + timeoutMs,
  } as const;
  const rest = { stepId: batch.name, attempt: 0, queuedAtMs: nowMs, payloadJson: null };
  deps.store.queue.insert({ ...item, ...rest });
  effects.put({ ...item, appId, slots: [] });
}
