// Runs on a schedule. A schedule's next run is a queue item, so that it survives restarts like any other.

import type { AppFunction } from "../core/app.ts";
import { nextCronMs } from "../core/cron.ts";
import type { QueueItem } from "../core/queue-item.ts";
import { CRON_EVENT } from "../core/system-events.ts";
import { startRun } from "./intake.ts";
import type { Transition } from "./transition.ts";

/** Bounds the search for the last missed time of a schedule; a minute's schedule reaches it in 69 days. */
const MISSED_MAX = 100_000;

export interface Schedule {
  readonly functionId: string;
  readonly cron: string;
  readonly jitter?: string;
}

export function cronItemId({ functionId, cron }: Schedule): string {
  return `cron:${functionId}:${cron}`;
}

export function findSchedules(fn: AppFunction): Schedule[] {
  if (fn.isArchived || fn.config.problem !== undefined) return [];
  return fn.config.triggers.flatMap((trigger): Schedule[] => {
    if (trigger.kind !== "cron") return [];
    const { cron, jitter } = trigger;
    const schedule = { functionId: fn.id, cron };
    return [jitter === undefined ? schedule : { ...schedule, jitter }];
  });
}

/** The item of a schedule's next run, or null when the schedule never comes. */
export function createCronItem(schedule: Schedule, nowMs: number): QueueItem | null {
  const dueAtMs = nextCronMs(schedule.cron, nowMs);
  if (dueAtMs === null) return null;
  return {
    id: cronItemId(schedule),
    runId: "",
    kind: "cron",
    stepId: schedule.functionId,
    attempt: 0,
    dueAtMs,
    queuedAtMs: nowMs,
    payloadJson: JSON.stringify(schedule),
  };
}

/**
 * Starts the due run and plans the next. After downtime the last missed time is caught up, once; the
 * event's id is made from that time, so that no restart can start it twice.
 */
export function fireCron(transition: Transition, item: QueueItem): void {
  const { store, registry } = transition.deps;
  const { nowMs, effects } = transition;
  if (!store.queue.exists(item.id)) return;
  const schedule = JSON.parse(item.payloadJson ?? "{}") as Schedule;
  const fn = registry.findFunction(schedule.functionId);
  const isCurrent = fn && findSchedules(fn).some((other) => cronItemId(other) === item.id);
  store.queue.remove(item.id);
  effects.remove(item.id);
  if (!fn || !isCurrent) return;

  const scheduledAtMs = lastDueMs(schedule, item.dueAtMs, nowMs);
  const event = transition.newEvent({
    name: CRON_EVENT,
    id: `${item.id}:${scheduledAtMs}`,
    data: {
      cron: schedule.cron,
      scheduledAt: new Date(scheduledAtMs).toISOString(),
      fireAt: new Date(nowMs).toISOString(),
    },
  });
  store.events.insert(event);
  startRun(transition, { fn, event });

  const next = createCronItem(schedule, nowMs);
  if (!next) return;
  store.queue.insert(next);
  const { id, kind, dueAtMs } = next;
  effects.put({ id, runId: "", appId: fn.appId, kind, dueAtMs, slots: [] });
}

function lastDueMs({ cron }: Schedule, firstDueMs: number, nowMs: number): number {
  let dueMs = firstDueMs;
  for (let count = 0; count < MISSED_MAX; count += 1) {
    const nextMs = nextCronMs(cron, dueMs);
    if (nextMs === null || nextMs > nowMs) break;
    dueMs = nextMs;
  }
  return dueMs;
}
