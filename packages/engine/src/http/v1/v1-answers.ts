// The wire shapes of `/v1`.

import type { App, AppFunction } from "../../core/app.ts";
import type { BulkCancellation } from "../../core/bulk-cancellation.ts";
import type { EventPayload } from "../../core/event.ts";
import type { EventRecord } from "../../core/event-list.ts";
import type { FunctionConfig } from "../../core/function-config.ts";
import type { ShownQueueItem } from "../../core/queue-item.ts";
import { hasEnded, type RunStatus } from "../../core/run.ts";
import type { RunSummary } from "../../core/run-list.ts";
import { moment, readOutput } from "../json-answer.ts";

/** Inngest has accounts and environments; one machine has neither. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Nothing is cached, so that an answer is good for the moment it was made. */
export function v1Item(item: unknown, nowMs: number): object {
  return { data: item, metadata: { fetched_at: moment(nowMs), cached_until: moment(nowMs) } };
}

/** `user` is left out where nobody gave one, as Inngest does. */
export function v1Event({ internalId, receivedAtMs, payloadJson }: EventRecord): object {
  // The engine wrote it from an event.
  const { user, ...payload } = JSON.parse(payloadJson) as EventPayload;
  return {
    internal_id: internalId,
    account_id: NOBODY,
    environment_id: NOBODY,
    source: "",
    source_id: null,
    received_at: moment(receivedAtMs),
    ...payload,
    ...(Object.keys(user).length > 0 && { user }),
  };
}

export const V1_STATUSES = {
  QUEUED: "Queued",
  RUNNING: "Running",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  SKIPPED: "Skipped",
} as const satisfies Record<RunStatus, string>;

export function v1Run(run: RunSummary): object {
  const { endedAtMs, outputJson } = run;
  return {
    run_id: run.id,
    run_started_at: moment(run.queuedAtMs),
    function_id: run.functionId,
    function_version: 0,
    environment_id: NOBODY,
    event_id: run.eventInternalId,
    ...(run.rerunOf !== null && { original_run_id: run.rerunOf }),
    status: V1_STATUSES[run.status],
    ended_at: endedAtMs === null || !hasEnded(run.status) ? null : moment(endedAtMs),
    output: outputJson === null ? null : readOutput(outputJson),
  };
}

/** What Inngest documents, and how far it has come. */
export function v1Cancellation(cancellation: BulkCancellation): object {
  const { startedAfterMs, startedBeforeMs, endedAtMs } = cancellation;
  return {
    id: cancellation.id,
    environment_id: NOBODY,
    app_id: cancellation.appName,
    function_id: cancellation.functionSlug,
    started_after: startedAfterMs === null ? null : moment(startedAfterMs),
    started_before: moment(startedBeforeMs),
    if: cancellation.expression,
    status: endedAtMs === null ? "Running" : "Completed",
    cancelled_count: cancellation.cancelledCount,
    created_at: moment(cancellation.createdAtMs),
    ended_at: endedAtMs === null ? null : moment(endedAtMs),
  };
}

interface ItemScene {
  readonly nowMs: number;
  readonly isInHand: boolean;
}

/** What Inngest calls a job. */
export function v1Job(item: ShownQueueItem, { nowMs, isInHand }: ItemScene): object {
  const waiting = item.dueAtMs > nowMs ? "Scheduled" : "Queued";
  return {
    id: item.id,
    run_id: item.runId,
    kind: item.kind,
    step_id: item.stepId === "" ? null : item.stepId,
    step: item.stepName,
    status: isInHand ? "Running" : waiting,
    attempt: item.attempt,
    at: moment(item.dueAtMs),
    queued_at: moment(item.queuedAtMs),
  };
}

export function v1Function({ id, config, pause }: AppFunction, app: App): object {
  return {
    id,
    app_id: app.name,
    slug: config.slug,
    name: config.name,
    triggers: config.triggers.map(({ kind: _kind, ...trigger }) => trigger),
    retries: config.attemptsMax - 1,
    concurrency: config.concurrency,
    paused_at: pause && moment(pause.atMs),
    ...(config.problem !== undefined && { problem: config.problem }),
    flow_control: v1FlowControl(config),
  };
}

/** Ours: what may keep an event from starting a run at once, or at all. */
function v1FlowControl(config: FunctionConfig): object {
  const { rateLimits = [], batch, debounce, singleton, throttle } = config;
  return {
    rate_limits: rateLimits.map(({ option, limit, periodMs, key }) => ({
      option,
      limit,
      period_ms: periodMs,
      ...(key !== undefined && { key }),
    })),
    ...(batch && { batch: { max_size: batch.eventsMax, timeout_ms: batch.timeoutMs } }),
    ...(debounce && { debounce: { period_ms: debounce.periodMs } }),
    ...(singleton && { singleton: { mode: singleton.mode } }),
    ...(throttle && { throttle: { limit: throttle.limit, period_ms: throttle.periodMs } }),
  };
}
