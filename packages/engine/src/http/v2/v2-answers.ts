// The wire shapes of `/api/v2`. 64-bit numbers are strings, and what is empty or not there yet is left out.

import type { App, AppFunction, Sync } from "../../core/app.ts";
import { nextCronMs } from "../../core/cron.ts";
import type { ConcurrencyLimit, Trigger } from "../../core/function-config.ts";
import type { RunSummary } from "../../core/run-list.ts";
import type { SpanMetadata } from "../../core/span-metadata.ts";
import { STEP_OP_NAMES } from "../../core/step-op-name.ts";
import type { SpanOutput, TraceSpan } from "../../core/trace-span.ts";
import { moment, readOutput, withoutMarker } from "../json-answer.ts";

/** What Inngest gives a function that says nothing. */
const RETRIES_DEFAULT = 4;

export interface PageMarks {
  readonly limit: number;
  /** Null on the last page. */
  readonly cursor: string | null;
}

export function v2Item(item: unknown, nowMs: number): object {
  return { data: item, metadata: { fetchedAt: moment(nowMs) } };
}

export function v2Page(items: readonly unknown[], { limit, cursor }: PageMarks, nowMs: number) {
  const page = cursor === null ? { limit } : { cursor, hasMore: true, limit };
  return { data: items, metadata: { fetchedAt: moment(nowMs) }, page };
}

/** A function's id in v2: its slug without the app. */
export function shortFunctionId(slug: string, appName: string): string {
  return slug.startsWith(`${appName}-`) ? slug.slice(appName.length + 1) : slug;
}

export function v2Run(run: RunSummary): object {
  return {
    app: { id: run.appName },
    ...times(run),
    function: { id: shortFunctionId(run.functionSlug, run.appName), name: run.functionName },
    id: run.id,
    status: run.status,
    trigger: { eventIds: run.eventInternalIds },
    ...(run.rerunOf !== null && { originalRunId: run.rerunOf }),
    ...(run.outputJson !== null && { output: readOutput(run.outputJson) }),
  };
}

/** Finalization shows where it is news: the function failed and was called again. */
export function v2Span(span: TraceSpan): object {
  const children = span.children.filter(
    ({ kind, children: attempts }) => kind !== "finalization" || attempts.length > 0,
  );
  return {
    id: span.id,
    name: span.name,
    status: span.status === "WAITING" ? "RUNNING" : span.status,
    ...(span.stepKind && { stepOp: STEP_OP_NAMES[span.stepKind] }),
    ...(span.stepId && { stepId: span.stepId }),
    ...times(span),
    ...(span.input !== undefined && { input: span.input }),
    ...(span.output && { output: spanOutput(span.output) }),
    ...(span.attributes && { attributes: span.attributes }),
    metadata: span.metadata.map(spanMetadata),
    ...(children.length > 0 && { children: children.map(v2Span) }),
  };
}

/** As GraphQL shows it, too. */
export function spanMetadata({ scope, kind, values, updatedAtMs }: SpanMetadata): object {
  return { scope, kind, values, updatedAt: moment(updatedAtMs) };
}

function spanOutput(output: SpanOutput): unknown {
  if (output.kind === "error") return withoutMarker(output.error);
  return output.isWrapped ? { data: output.value } : output.value;
}

export function v2App(app: App, functionCount: number): object {
  return {
    createdAt: moment(app.createdAtMs),
    functionCount,
    id: app.name,
    latestSync: {
      framework: app.framework,
      sdkLanguage: app.sdkLanguage,
      sdkVersion: `v${app.sdkVersion}`,
      url: app.url,
    },
    method: "SERVE",
    name: app.name,
  };
}

export function v2Sync(sync: Sync, appName: string): object {
  const { id, url, framework, sdkLanguage, functionCount } = sync;
  return {
    ...{ id, url, framework, sdkLanguage, functionCount },
    app: { id: appName },
    sdkVersion: `v${sync.sdkVersion}`,
    syncedAt: moment(sync.syncedAtMs),
  };
}

/**
 * Ours are `problem`, why this engine does not start the function, `pause`, and when a schedule fires
 * next.
 */
export function v2Function({ config, pause }: AppFunction, appName: string, nowMs: number): object {
  const id = shortFunctionId(config.slug, appName);
  const retries = config.attemptsMax - 1;
  return {
    app: { id: appName },
    configuration: {
      concurrency: config.concurrency.length > 0 ? config.concurrency.map(v2Limit) : [NO_LIMIT],
      retries: { isDefault: retries === RETRIES_DEFAULT, value: retries },
    },
    id,
    name: config.name,
    slug: id,
    triggers: config.triggers.map((trigger) => v2Trigger(trigger, nowMs)),
    ...(config.problem !== undefined && { problem: config.problem }),
    ...(pause && { pause: { pausedAt: moment(pause.atMs), holdsRuns: pause.holdsRuns } }),
  };
}

/** How Inngest writes that a function sets no limit of its own. */
const NO_LIMIT = { limit: { isPlanLimit: true, value: -1 }, scope: "ACCOUNT" };

const SCOPES = { fn: "FUNCTION", env: "ENVIRONMENT", account: "ACCOUNT" } as const;

function v2Limit({ limit, scope, key }: ConcurrencyLimit): object {
  return {
    ...(key !== undefined && { key }),
    limit: { isPlanLimit: false, value: limit },
    scope: SCOPES[scope],
  };
}

function v2Trigger(trigger: Trigger, nowMs: number): object {
  if (trigger.kind === "event") return { type: "EVENT", value: trigger.event };
  const nextMs = nextCronMs(trigger.cron, nowMs);
  return { type: "CRON", value: trigger.cron, ...(nextMs !== null && { nextAt: moment(nextMs) }) };
}

interface Timed {
  readonly status: RunSummary["status"] | TraceSpan["status"];
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
}

function times({ queuedAtMs, startedAtMs, endedAtMs }: Timed): object {
  return {
    ...(startedAtMs !== null &&
      endedAtMs !== null && { durationMs: String(Math.max(endedAtMs - startedAtMs, 0)) }),
    ...(endedAtMs !== null && { endedAt: moment(endedAtMs) }),
    queuedAt: moment(queuedAtMs),
    ...(startedAtMs !== null && { startedAt: moment(startedAtMs) }),
  };
}
