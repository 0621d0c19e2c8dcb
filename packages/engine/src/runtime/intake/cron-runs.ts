// Runs on a schedule. A schedule's next run is a queue item, so that it survives restarts like any other.

import type { AppFunction } from "../../core/app.ts";
import { cronJitterMs, jitterMaxMs, lastCronMs, nextCronMs } from "../../core/cron.ts";
import type { QueueItem } from "../../core/queue-item.ts";
import { CRON_EVENT } from "../../core/system-events.ts";
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

/** What a schedule's item carries: the moment that it stands for, before any jitter. */
interface CronPayload {
  readonly scheduledAtMs: number;
}

/** The item of a schedule's first run after a moment, or null when the schedule never comes. */
export function createCronItem(schedule: Schedule, afterMs: number): QueueItem | null {
  const scheduledAtMs = nextCronMs(schedule.cron, afterMs);
  if (scheduledAtMs === null) return null;
  const id = cronItemId(schedule);
  const { jitter } = schedule;
  const jitterMs = jitter === undefined ? 0 : cronJitterMs(jitter, `${id}:${scheduledAtMs}`);
  const payload: CronPayload = { scheduledAtMs };
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

/**
 * Starts the due run and plans the next. After downtime the last missed time is caught up, once; the
 * event's id is made from that time, so that no restart can start it twice.
 */
export function fireCron(transition: Transition, item: QueueItem): void {
  const { store, registry } = transition.deps;
  const { nowMs, effects } = transition;
  if (!store.queue.exists(item.id)) return;
  // Written by `createCronItem`.
  const { scheduledAtMs } = JSON.parse(item.payloadJson ?? "{}") as CronPayload;
  const fn = registry.findFunction(item.stepId);
  // The function's own words, not the item's: its jitter may have changed since.
  const schedule = fn && findSchedules(fn).find((other) => cronItemId(other) === item.id);
  store.queue.remove(item.id);
  effects.remove(item.id);
  if (!fn || !schedule) return;

  // A later time may still wait for its jitter: only what must have come by now was missed.
  const missedUntilMs = nowMs - jitterMaxMs(schedule.jitter ?? "");
  const dueMs = lastCronMs(schedule.cron, scheduledAtMs, missedUntilMs);
  const event = transition.newEvent({
    name: CRON_EVENT,
    id: `${item.id}:${dueMs}`,
    data: {
      cron: schedule.cron,
      scheduledAt: new Date(dueMs).toISOString(),
      fireAt: new Date(nowMs).toISOString(),
    },
  });
  store.events.insert(event);
  admit(transition, { fn, event });

  const next = createCronItem(schedule, dueMs);
  if (!next) return;
  store.queue.insert(next);
  effects.put({
    id: next.id,
    runId: "",
    appId: fn.appId,
    kind: next.kind,
    dueAtMs: next.dueAtMs,
    slots: [],
  });
}
