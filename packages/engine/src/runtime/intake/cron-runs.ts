// Runs on a schedule. A schedule's next run is a queue item, so that it survives restarts like any other.
//
// Invariants:
//   K1. A time of a schedule is taken once, whatever becomes of its event: a key remembers it for a day, and
//       the schedule's item names the last one for longer.
//   K2. While the engine runs no time is left out. After downtime the last missed one is made up for, once.
//   K3. A schedule that stays keeps its item through every sync; one that goes takes its item with it.
//   K4. A clock that is set back makes no schedule wait for what it showed before (`schedule-keeper.ts`).

import type { AppFunction } from "../../core/app.ts";
import { cronJitterMs, jitterMaxMs, lastCronMs, nextCronMs } from "../../core/cron.ts";
import type { QueueItem } from "../../core/queue-item.ts";
import { CRON_EVENT } from "../../core/system-events.ts";
import type { Effects } from "../effects.ts";
import type { Store } from "../store.ts";
import type { Transition } from "../transition.ts";
import { admit } from "./admission.ts";

export interface Schedule {
  readonly functionId: string;
  readonly cron: string;
  readonly jitter?: string;
}

export function cronItemId({ functionId, cron }: Schedule): string {
  return `cron:${functionId}:${cron}`;
}

export function findSchedules(fn: Pick<AppFunction, "id" | "config" | "isArchived">): Schedule[] {
  if (fn.isArchived || fn.config.problem !== undefined) return [];
  return fn.config.triggers.flatMap((trigger): Schedule[] => {
    if (trigger.kind !== "cron") return [];
    const { cron, jitter } = trigger;
    const schedule = { functionId: fn.id, cron };
    return [jitter === undefined ? schedule : { ...schedule, jitter }];
  });
}

/** What a schedule's item carries. */
interface CronPayload {
  /** The moment that it stands for, before any jitter. */
  readonly scheduledAtMs: number;
  /** The one before that was taken (K1). */
  readonly takenAtMs?: number;
}

/** What `createCronItem` has written. */
export function readCronPayload({ payloadJson }: QueueItem): CronPayload {
  return JSON.parse(payloadJson ?? "{}") as CronPayload;
}

/** The item of a schedule's first run after a moment, or null when the schedule never comes. */
export function createCronItem(
  schedule: Schedule,
  afterMs: number,
  takenAtMs?: number,
): QueueItem | null {
  const scheduledAtMs = nextCronMs(schedule.cron, afterMs);
  if (scheduledAtMs === null) return null;
  const id = cronItemId(schedule);
  const { jitter } = schedule;
  const jitterMs = jitter === undefined ? 0 : cronJitterMs(jitter, `${id}:${scheduledAtMs}`);
  const payload: CronPayload = { scheduledAtMs, ...(takenAtMs === undefined ? {} : { takenAtMs }) };
  return {
    id,
    runId: "",
    kind: "cron",
    stepId: schedule.functionId,
    attempt: 0,
    dueAtMs: scheduledAtMs + jitterMs,
    queuedAtMs: afterMs,
    payloadJson: JSON.stringify(payload),
  };
}

/** Stores the item and has the scheduler wake for it. */
export function enqueueCronItem(
  { store, effects }: { readonly store: Store; readonly effects: Effects },
  { item, appId }: { readonly item: QueueItem; readonly appId: string },
): void {
  store.queue.insert(item);
  const { id, runId, kind, dueAtMs } = item;
  effects.put({ id, runId, appId, kind, dueAtMs, slots: [] });
}

/** Starts the due run and plans the next (K1, K2). */
export function fireCron(transition: Transition, item: QueueItem): void {
  const { store, registry } = transition.deps;
  const { nowMs, effects } = transition;
  if (!store.queue.exists(item.id)) return;
  const { scheduledAtMs, takenAtMs } = readCronPayload(item);
  const fn = registry.findFunction(item.stepId);
  // The function's own words, not the item's: its jitter may have changed since.
  const schedule = fn && findSchedules(fn).find((other) => cronItemId(other) === item.id);
  store.queue.remove(item.id);
  effects.remove(item.id);
  if (!fn || !schedule) return;

  // A later time may still wait for its jitter: only what must have come by now was missed.
  const missedUntilMs = nowMs - jitterMaxMs(schedule.jitter ?? "");
  const dueMs = lastCronMs(schedule.cron, scheduledAtMs, missedUntilMs);
  if (dueMs !== takenAtMs) startScheduledRun(transition, { fn, cron: schedule.cron, dueMs });
  const next = createCronItem(schedule, dueMs, dueMs);
  if (next) enqueueCronItem({ store, effects }, { item: next, appId: fn.appId });
}

function startScheduledRun(
  transition: Transition,
  { fn, cron, dueMs }: { readonly fn: AppFunction; readonly cron: string; readonly dueMs: number },
): void {
  const { nowMs, deps } = transition;
  const event = transition.newEvent({
    name: CRON_EVENT,
    id: `${cronItemId({ functionId: fn.id, cron })}:${dueMs}`,
    data: {
      cron,
      scheduledAt: new Date(dueMs).toISOString(),
      fireAt: new Date(nowMs).toISOString(),
    },
  });
  // A key of its own, because flow control may hold the event, or refuse it: no run's key would tell.
  const takenKey = `taken:${event.id}`;
  const { eventKeys, events } = deps.store;
  // Before the clock was set back.
  if (eventKeys.findRunId(fn.id, takenKey, nowMs) !== null) return;
  eventKeys.put(fn.id, takenKey, { id: event.internalId, nowMs });
  events.insert(event);
  admit(transition, { fn, event });
}
