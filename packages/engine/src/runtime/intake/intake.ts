// What an event does: it starts functions and ends waits. Protocol notes, sections 1.9 and 2.

import { type EventPayload, eventPayload, type StoredEvent } from "../../core/event.ts";
import type { Wait } from "../../core/wait.ts";
import type { Store } from "../store.ts";
import { admit } from "./admission.ts";
import type { IntakeTransaction } from "./intake-transaction.ts";
import { eventMatch, isAwaited } from "./wait-matching.ts";

/** Stores the event and all that follows from it. A repeated one (same internal id) does nothing. */
export function acceptEvent(transition: IntakeTransaction, event: StoredEvent): void {
  const { store, registry, feed } = transition.deps;
  if (!store.events.insert(event)) return;
  if (feed.isWatched(null)) tellOfEvent(transition, event);
  const payload = eventPayload(event);
  // Waits first: an event ends nothing of the runs that it starts.
  for (const wait of findWaits(store, payload)) endWait(transition, wait, payload);
  for (const fn of registry.findTriggered(payload)) admit(transition, { fn, event });
}

function tellOfEvent({ effects, nowMs: atMs }: IntakeTransaction, event: StoredEvent): void {
  effects.tell({ kind: "event", eventId: event.internalId, name: event.name, atMs });
}

function findWaits(store: Store, event: EventPayload): Wait[] {
  return [...store.waits.loadPaths(event.name)].flatMap((path) => {
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
