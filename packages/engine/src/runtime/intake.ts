// What an event does: it starts functions and ends waits. Protocol notes, sections 1.9 and 2.

import type { AppFunction } from "../core/app.ts";
import type { ConcurrencySlot } from "../core/concurrency.ts";
import type { StepResolution } from "../core/decide-resolution.ts";
import { type EventPayload, eventPayload, type StoredEvent } from "../core/event.ts";
import { evaluateKey } from "../core/expression/evaluate.ts";
import { discoveryItemId } from "../core/queue-item.ts";
import type { Wait } from "../core/wait.ts";
import { addCancelWaits } from "./cancel-waits.ts";
import type { Clock } from "./clock.ts";
import type { Effects } from "./effects.ts";
import type { Registry } from "./registry.ts";
import { limitStart } from "./run-timeouts.ts";
import type { Store } from "./store.ts";
import { eventMatch, isAwaited } from "./wait-matching.ts";

export interface IntakeDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  /** A new ULID, higher than any before it. */
  readonly createId: () => string;
}

/** The transaction that events are taken into. */
export interface IntakeTransaction {
  readonly deps: IntakeDeps;
  readonly effects: Effects;
  readonly nowMs: number;
  resolveStep(runId: string, resolution: StepResolution): void;
  cancelRun(runId: string, reason: string): void;
}

/** Stores the event and all that follows from it. A repeated one (same internal id) does nothing. */
export function acceptEvent(transition: IntakeTransaction, event: StoredEvent): void {
  const { store, registry } = transition.deps;
  if (!store.events.insert(event)) return;
  const payload = eventPayload(event);
  // Waits first: an event ends nothing of the runs that it starts.
  for (const wait of findWaits(store, payload)) endWait(transition, wait, payload);
  for (const fn of registry.findTriggered(payload)) startRun(transition, { fn, event });
}

export interface RunStart {
  readonly fn: AppFunction;
  readonly event: StoredEvent;
  readonly correlationId?: string;
  readonly rerunOf?: string;
}

/**
 * Creates a run, due at once or at the event's `ts`. Returns its id, or that of the run which the same
 * event id has started within 24 hours.
 */
export function startRun(transition: IntakeTransaction, start: RunStart): string {
  const { fn, event, correlationId = null, rerunOf = null } = start;
  const { store, createId } = transition.deps;
  const { nowMs } = transition;
  const hasSenderId = event.id !== event.internalId && rerunOf === null;
  if (hasSenderId) {
    const known = store.eventKeys.findRunId(fn.id, event.id, nowMs);
    if (known !== null) return known;
  }
  const runId = createId();
  const slots = findSlots(fn, event);
  store.runs.insert({
    id: runId,
    functionId: fn.id,
    appId: fn.appId,
    eventInternalId: event.internalId,
    queuedAtMs: nowMs,
    slotsJson: JSON.stringify(slots),
    correlationId,
    rerunOf,
  });
  if (hasSenderId) store.eventKeys.put(fn.id, event.id, { id: runId, nowMs });
  if (fn.config.cancelOn)
    addCancelWaits(transition, { runId, cancelOn: fn.config.cancelOn, event });
  const dueAtMs = Math.max(nowMs, event.tsMs);
  enqueueStart(transition, { runId, fn, slots, dueAtMs });
  if (fn.config.timeouts) {
    limitStart(transition, { runId, appId: fn.appId, config: fn.config, dueAtMs });
  }
  return runId;
}

function enqueueStart(
  transition: IntakeTransaction,
  start: {
    readonly runId: string;
    readonly fn: AppFunction;
    readonly slots: readonly ConcurrencySlot[];
    readonly dueAtMs: number;
  },
): void {
  const { runId, fn, slots, dueAtMs } = start;
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
    payloadJson: null,
  });
  transition.effects.put({ id, runId, appId: fn.appId, kind, dueAtMs, slots });
}

/** Keys are evaluated once, with the first event. Protocol notes, section 2, "Concurrency". */
function findSlots(fn: AppFunction, event: StoredEvent): ConcurrencySlot[] {
  return fn.config.concurrency.map(({ limit, scope, key }) => {
    const owner = scope === "fn" ? fn.id : "";
    const value = key === undefined ? "" : evaluateKey(key, eventPayload(event));
    return { name: JSON.stringify([scope, owner, key ?? "", value]), limit };
  });
}

function findWaits(store: Store, event: EventPayload): Wait[] {
  return store.waits.loadPaths(event.name).flatMap((path) => {
    const match = eventMatch(path, event);
    return match === null ? [] : store.waits.loadMatching(event.name, match);
  });
}

function endWait(transition: IntakeTransaction, wait: Wait, event: EventPayload): void {
  const { store } = transition.deps;
  if (wait.expiresAtMs !== null && wait.expiresAtMs <= transition.nowMs) return;
  if (wait.expression !== null) {
    const run = store.runs.find(wait.runId);
    const triggerJson = run && store.events.findPayloadJson(run.eventInternalId);
    if (!triggerJson) return;
    const trigger = JSON.parse(triggerJson) as EventPayload;
    if (!isAwaited(wait.expression, { event: trigger, async: event })) return;
  }
  if (wait.purpose === "cancel") {
    return transition.cancelRun(wait.runId, `The run was cancelled by the event "${event.name}".`);
  }
  transition.resolveStep(wait.runId, {
    stepId: wait.stepId,
    status: "completed",
    valueJson: JSON.stringify(event),
  });
}
