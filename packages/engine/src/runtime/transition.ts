import { assertNever } from "../core/assert.ts";
import { decideCancellation } from "../core/cancellation.ts";
import type { Change, RunEnding } from "../core/change.ts";
import {
  decideResolution,
  invokeValueJson,
  type StepResolution,
} from "../core/decide-resolution.ts";
import { type EventPayload, eventPayload, type StoredEvent } from "../core/event.ts";
import { metadataWarning } from "../core/metadata.ts";
import { callsSomeone, discoveryItemId, type QueueItem } from "../core/queue-item.ts";
import { hasEnded, type Run, type RunView, type StepStatus } from "../core/run.ts";
import { updatesOf } from "../core/run-update.ts";
import { endEvents, INVOKED_EVENT, type SystemEvent } from "../core/system-events.ts";
import { Effects } from "./effects.ts";
import { admit } from "./intake/admission.ts";
import { acceptEvent } from "./intake/intake.ts";
import type { IntakeDeps } from "./intake/intake-transaction.ts";
import { findWaitMatch } from "./intake/wait-matching.ts";
import { keepMetadata } from "./keep-metadata.ts";
import { loadEventJsons } from "./run-events.ts";

export interface TransitionDeps extends IntakeDeps {
  /** A step of the run was settled by this item, or by none: other calls of the run must hear of it. */
  readonly onStepSettled: (runId: string, byItemId: string | null) => void;
}

/**
 * Everything that happens to runs in one transaction: the changes of one decision, the events they
 * send, the runs that these start, the waits that these end. Lives inside one `store.write`.
 */
export class Transition {
  readonly effects = new Effects();
  readonly nowMs: number;
  readonly deps: TransitionDeps;
  readonly #arriving: StoredEvent[] = [];

  constructor(deps: TransitionDeps) {
    this.deps = deps;
    this.nowMs = deps.clock.nowMs();
  }

  /** `itemInHand` is known to be there: when it is the run's discovery, nobody has to ask for one. */
  viewRun(run: Run, itemInHand?: QueueItem): RunView {
    const fn = this.deps.registry.findFunction(run.functionId);
    return {
      runId: run.id,
      attemptsMax: fn?.config.attemptsMax ?? 1,
      requestVersion: run.requestVersion,
      isPlanning: run.isPlanning,
      hasDiscovery:
        itemInHand?.kind === "discovery" || this.deps.store.queue.exists(discoveryItemId(run.id)),
      ...this.deps.store.steps.loadKnown(run.id),
    };
  }

  /**
   * Takes in the event and then those that its consequences send, one after the other: an end may bring
   * about thousands of others, each telling of its own.
   */
  acceptEvent(event: StoredEvent): void {
    this.#arriving.push(event);
    if (this.#arriving.length > 1) return;
    // Grows while it is gone through.
    for (const next of this.#arriving) acceptEvent(this, next);
    this.#arriving.length = 0;
  }

  /** Writes a decision's changes. `byItemId` names the item in hand that the decision is about. */
  apply(run: Run, changes: readonly Change[], byItemId: string | null = null): void {
    if (this.deps.feed.isWatched(run.id)) {
      this.effects.tell(...updatesOf(run, changes, this.nowMs));
    }
    for (const change of changes)
      if (change.kind !== "invoke") this.#applyOne(run, change, byItemId);
    if (changes.some(({ kind }) => kind === "end-run")) return;
    // Last, because an invocation that cannot start settles its step, and that looks at the others.
    for (const change of changes) if (change.kind === "invoke") this.#invoke(run, change);
  }

  /** Ends an open step of a run without a call: timer, event, invoked run, model. */
  resolveStep(runId: string, resolution: StepResolution, byItemId: string | null = null): void {
    const run = this.deps.store.runs.find(runId);
    if (!run || hasEnded(run.status)) return;
    this.apply(run, decideResolution(this.viewRun(run), resolution, this.nowMs), byItemId);
  }

  /** Does nothing to a run that has ended. */
  cancelRun(runId: string, reason: string): void {
    const run = this.deps.store.runs.find(runId);
    if (!run || hasEnded(run.status)) return;
    this.apply(run, decideCancellation(reason, this.nowMs));
  }

  schedule(run: Run, item: QueueItem): void {
    const { id, runId, kind, dueAtMs } = item;
    const slots = callsSomeone(kind) ? run.slots : [];
    this.effects.put({ id, runId, appId: run.appId, kind, dueAtMs, slots, rank: run.rank });
  }

  #applyOne(run: Run, change: Exclude<Change, { kind: "invoke" }>, byItemId: string | null): void {
    const { store } = this.deps;
    switch (change.kind) {
      case "pin-version":
        return store.runs.pinVersion(run.id, change.requestVersion);
      case "set-planning":
        return store.runs.setPlanning(run.id, change.isPlanning);
      case "add-step":
        store.steps.insert(run.id, change.step, change.position);
        if (change.step.status !== "open") this.#followStep(run, change.step.status, byItemId);
        return;
      case "settle-step":
        store.steps.settle(run.id, change.settlement, change.position);
        return this.#followStep(run, change.settlement.status, byItemId);
      case "record-attempt":
        return store.steps.recordAttempt(run.id, change.attempt);
      case "update-metadata":
        return this.#updateMetadata(run, change);
      case "enqueue":
        store.queue.insert(change.item);
        return this.schedule(run, change.item);
      case "reschedule":
        return this.#reschedule(run, change);
      case "reset-attempt":
        return store.queue.resetAttempt(change.itemId);
      case "remove-item":
        store.queue.remove(change.itemId);
        return this.effects.remove(change.itemId);
      case "add-wait":
        return this.#addWait(run, change);
      case "remove-wait":
        return store.waits.remove(run.id, change.stepId);
      case "add-signal-wait":
        return store.signals.put({ signal: change.signal, runId: run.id, stepId: change.stepId });
      case "remove-signal-wait":
        return store.signals.remove(run.id, change.stepId);
      case "end-run":
        return this.#endRun(run, change.ending);
      default:
        return assertNever(change);
    }
  }

  /** What has no room is left out: it never fails a run (M3 of `core/metadata.ts`). */
  #updateMetadata(run: Run, change: Extract<Change, { kind: "update-metadata" }>): void {
    const { store } = this.deps;
    const { target, updates } = change;
    const at = { runId: run.id, target, nowMs: this.nowMs };
    for (const update of updates) {
      const problem = keepMetadata(store, { ...at, update });
      if (problem === null) continue;
      keepMetadata(store, { ...at, update: metadataWarning(update.kind, problem) });
    }
  }

  #followStep(run: Run, status: StepStatus, byItemId: string | null): void {
    this.effects.endStep(status);
    this.deps.onStepSettled(run.id, byItemId);
  }

  #reschedule(run: Run, change: Extract<Change, { kind: "reschedule" }>): void {
    const { itemId, attempt, dueAtMs } = change;
    this.deps.store.queue.reschedule(itemId, attempt, { dueAtMs, queuedAtMs: this.nowMs });
    const item = this.deps.store.queue.find(itemId);
    if (item) this.schedule(run, item);
  }

  #addWait(run: Run, change: Extract<Change, { kind: "add-wait" }>): void {
    const { stepId, eventName, expression } = change;
    const match = findWaitMatch(expression, this.#triggerOf(run));
    const runId = run.id;
    const wait = {
      purpose: "step",
      runId,
      stepId,
      eventName,
      expression,
      expiresAtMs: null,
    } as const;
    this.deps.store.waits.insert(wait, match);
  }

  #endRun(run: Run, ending: RunEnding): void {
    const { store, registry } = this.deps;
    if (!store.runs.end(run.id, ending)) return;
    for (const { id, kind } of store.queue.removeOfRun(run.id)) {
      this.effects.remove(id);
      if (kind === "signal-timeout") store.signals.removeOfRun(run.id);
    }
    store.waits.removeOfRun(run.id);
    const { status, endedAtMs } = ending;
    this.effects.endRun({ runId: run.id, functionId: run.functionId, status, endedAtMs });

    const functionSlug = registry.findFunction(run.functionId)?.config.slug ?? "";
    const { correlationId } = run;
    const ended = { runId: run.id, functionSlug, correlationId, events: this.#eventsOf(run) };
    for (const systemEvent of endEvents(ended, ending)) this.#send(systemEvent);
    for (const invoker of this.#invokersOf(run)) this.#answerInvoker(invoker, ending);
  }

  /** A run that repeats another answers nobody. */
  #invokersOf({ batchId, correlationId, rerunOf }: Run): readonly string[] {
    if (batchId === null) return correlationId === null ? [] : [correlationId];
    return rerunOf === null ? this.deps.store.batches.loadInvokers(batchId) : [];
  }

  #answerInvoker(correlationId: string, ending: RunEnding): void {
    const { runId, stepId } = readCorrelationId(correlationId);
    const status = ending.error === null ? "completed" : "failed";
    this.resolveStep(runId, { stepId, status, valueJson: invokeValueJson(ending) });
  }

  refuseInvoker(correlationId: string, reason: string): void {
    const { runId, stepId } = readCorrelationId(correlationId);
    this.#failStep(runId, stepId, reason);
  }

  #invoke(run: Run, change: Extract<Change, { kind: "invoke" }>): void {
    const { registry } = this.deps;
    const correlationId = `${run.id}.${change.stepId}`;
    const fn = registry.findBySlug(change.functionId);
    const problem = fn
      ? fn.config.problem
      : `could not find function with ID: ${change.functionId}`;
    if (!fn || problem !== undefined) return this.#failStep(run.id, change.stepId, problem ?? "");
    const event = this.#invocationEvent(change, correlationId);
    this.deps.store.events.insert(event);
    const admission = admit(this, { fn, event, correlationId });
    if (admission.kind === "refused") this.#failStep(run.id, change.stepId, admission.reason);
  }

  /** With what the parent gave: `decide-op.ts` wrote the JSON from objects. */
  #invocationEvent(
    { functionId, dataJson, userJson, v }: Extract<Change, { kind: "invoke" }>,
    correlationId: string,
  ): StoredEvent {
    const given = JSON.parse(dataJson) as Record<string, unknown>;
    const data = { ...given, _inngest: { fn_id: functionId, correlation_id: correlationId } };
    const user = JSON.parse(userJson) as Record<string, unknown>;
    const event = { ...this.newEvent({ name: INVOKED_EVENT, data }), user };
    return v === null ? event : { ...event, v };
  }

  #failStep(runId: string, stepId: string, message: string): void {
    const valueJson = JSON.stringify({ error: { name: "Error", message } });
    this.resolveStep(runId, { stepId, status: "failed", valueJson });
  }

  newEvent({ name, id, data }: SystemEvent): StoredEvent {
    const internalId = this.deps.createId();
    const nowMs = this.nowMs;
    return {
      internalId,
      id: id ?? internalId,
      name,
      data,
      user: {},
      tsMs: nowMs,
      receivedAtMs: nowMs,
    };
  }

  #send(systemEvent: SystemEvent): void {
    this.acceptEvent(this.newEvent(systemEvent));
  }

  #eventsOf(run: Run): readonly [EventPayload, ...EventPayload[]] {
    if (run.batchId === null) return [this.#triggerOf(run)];
    const [first, ...others] = loadEventJsons(this.deps.store, run).map(readPayload);
    return [first ?? this.#triggerOf(run), ...others];
  }

  #triggerOf(run: Run): EventPayload {
    const json = this.deps.store.events.findPayloadJson(run.eventInternalId);
    if (json !== null) return readPayload(json);
    return eventPayload({
      internalId: run.eventInternalId,
      id: run.eventInternalId,
      name: "",
      data: {},
      user: {},
      tsMs: run.queuedAtMs,
      receivedAtMs: run.queuedAtMs,
    });
  }
}

function readPayload(json: string): EventPayload {
  // The engine wrote it from an event.
  return JSON.parse(json) as EventPayload;
}

/** A run's id has no dot; a step's id is the SDK's to choose. */
function readCorrelationId(correlationId: string): { runId: string; stepId: string } {
  const dotAt = correlationId.indexOf(".");
  return { runId: correlationId.slice(0, dotAt), stepId: correlationId.slice(dotAt + 1) };
}
