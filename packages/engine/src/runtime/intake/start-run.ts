import type { AppFunction } from "../../core/app.ts";
import type { ConcurrencySlot } from "../../core/concurrency.ts";
import { eventPayload, type StoredEvent } from "../../core/event.ts";
import { evaluateKey } from "../../core/expression/evaluate.ts";
import type { Throttle } from "../../core/flow-control.ts";
import { findRank } from "../../core/priority.ts";
import { discoveryItemId } from "../../core/queue-item.ts";
import type { RunStatus } from "../../core/run.ts";
import { runUpdate } from "../../core/run-update.ts";
import { addCancelWaits } from "../flow/cancel-waits.ts";
import { nameFlowKey } from "../flow/flow-key.ts";
import { limitStart } from "../flow/run-timeouts.ts";
import type { ThrottleGate } from "../queue/throttles.ts";
import type { IntakeTransaction } from "./intake-transaction.ts";

export interface RunStart {
  readonly fn: AppFunction;
  readonly event: StoredEvent;
  readonly correlationId?: string;
  readonly rerunOf?: string;
  /** `event` is the first of these. Such a run has neither `cancelOn` nor timeouts, and is due at once. */
  readonly batchId?: string;
}

/** Creates a run, due at once or at the event's `ts`, and returns its id. */
export function startRun(transition: IntakeTransaction, start: RunStart): string {
  const { fn, event, correlationId = null, rerunOf = null, batchId = null } = start;
  const { store, createId } = transition.deps;
  const { nowMs } = transition;
  const runId = createId();
  const slots = findSlots(fn, event);
  const { priority } = fn.config;
  const rank = priority === undefined ? null : findRank(runId, priority, eventPayload(event));
  store.runs.insert({
    id: runId,
    functionId: fn.id,
    appId: fn.appId,
    eventInternalId: event.internalId,
    batchId,
    queuedAtMs: nowMs,
    slotsJson: JSON.stringify(slots),
    rank,
    correlationId,
    rerunOf,
  });
  tellOfRun(transition, { id: runId, fn, event }, "QUEUED");
  transition.effects.startRun(fn.id);
  if (countsOnce(start)) store.eventKeys.put(fn.id, event.id, { id: runId, nowMs });
  const { cancelOn, timeouts } = batchId === null ? fn.config : {};
  if (cancelOn) addCancelWaits(transition, { runId, cancelOn, event });
  const dueAtMs = batchId === null ? Math.max(nowMs, event.tsMs) : nowMs;
  const throttle = fn.config.throttle ? findThrottleGate(fn.id, fn.config.throttle, event) : null;
  enqueueStart(transition, { runId, fn, slots, rank, throttle, dueAtMs });
  if (timeouts) limitStart(transition, { runId, appId: fn.appId, timeouts, dueAtMs });
  return runId;
}

/** Starts the run of a batch that is closed, or records it as skipped while the function is paused. Null when none of its events is kept any more. */
export function startBatchRun(
  transition: IntakeTransaction,
  fn: AppFunction,
  batchId: string,
): string | null {
  const { store } = transition.deps;
  const firstId = store.batches.findFirstEventId(batchId);
  const event = firstId === null ? null : store.events.find(firstId);
  if (!event) return null;
  const start = { fn, event, batchId };
  const runId = fn.pause ? recordSkippedRun(transition, start) : startRun(transition, start);
  store.eventKeys.nameRun(fn.id, batchId, runId);
  return runId;
}

/** The run that the same event id has started within 24 hours; its batch, while that is open. */
export function findRunOfEventId(transition: IntakeTransaction, start: RunStart): string | null {
  if (!countsOnce(start)) return null;
  const { fn, event } = start;
  return transition.deps.store.eventKeys.findRunId(fn.id, event.id, transition.nowMs);
}

/** Shows that the event would have started a run, and was heard: an event id counts as if it had. */
export function recordSkippedRun(transition: IntakeTransaction, start: RunStart): string {
  const { fn, event, correlationId = null, batchId = null } = start;
  const { nowMs: queuedAtMs, deps } = transition;
  const id = deps.createId();
  deps.store.runs.insertSkipped({
    id,
    functionId: fn.id,
    appId: fn.appId,
    eventInternalId: event.internalId,
    batchId,
    queuedAtMs,
    slotsJson: "[]",
    rank: null,
    correlationId,
    rerunOf: null,
  });
  tellOfRun(transition, { id, fn, event }, "SKIPPED");
  if (countsOnce(start)) deps.store.eventKeys.put(fn.id, event.id, { id, nowMs: queuedAtMs });
  transition.effects.endRun({
    runId: id,
    functionId: fn.id,
    status: "SKIPPED",
    endedAtMs: queuedAtMs,
  });
  return id;
}

function tellOfRun(
  { deps, effects, nowMs: atMs }: IntakeTransaction,
  { id, fn, event }: Pick<RunStart, "fn" | "event"> & { readonly id: string },
  status: RunStatus,
): void {
  if (!deps.feed.isWatched(id)) return;
  const { internalId: eventInternalId } = event;
  effects.tell(runUpdate({ id, functionId: fn.id, eventInternalId }, status, { atMs }));
}

/**
 * Only an id that the sender gave counts. A rerun repeats it on purpose, and the events of a batch were
 * counted when they came.
 */
export function countsOnce({ event, rerunOf, batchId }: RunStart): boolean {
  return event.id !== event.internalId && rerunOf === undefined && batchId === undefined;
}

function enqueueStart(
  transition: IntakeTransaction,
  start: {
    readonly runId: string;
    readonly fn: AppFunction;
    readonly slots: readonly ConcurrencySlot[];
    readonly rank: string | null;
    readonly throttle: ThrottleGate | null;
    readonly dueAtMs: number;
  },
): void {
  const { runId, fn, slots, rank, throttle, dueAtMs } = start;
  const id = discoveryItemId(runId);
  const kind = "discovery";
  transition.deps.store.queue.insert({
    id,
    runId,
    kind,
    stepId: "",
    attempt: 0,
    dueAtMs,
    queuedAtMs: transition.nowMs,
    payloadJson: throttle ? JSON.stringify(throttle) : null,
  });
  const item = { id, runId, appId: fn.appId, kind, dueAtMs, slots, rank } as const;
  transition.effects.put(throttle ? { ...item, throttle } : item);
}

function findThrottleGate(
  functionId: string,
  throttle: Throttle,
  event: StoredEvent,
): ThrottleGate {
  const { limit, periodMs, burst } = throttle;
  const name = nameFlowKey(functionId, { option: "throttle", ...throttle }, event);
  return { name, limit, periodMs, burst };
}

/** Keys are evaluated once, with the first event. Protocol notes, section 2, "Concurrency". */
function findSlots(fn: AppFunction, event: StoredEvent): ConcurrencySlot[] {
  return fn.config.concurrency.map(({ limit, scope, key }) => {
    const owner = scope === "fn" ? fn.id : "";
    const value = key === undefined ? "" : evaluateKey(key, eventPayload(event));
    return { name: JSON.stringify([scope, owner, key ?? "", value]), limit };
  });
}
