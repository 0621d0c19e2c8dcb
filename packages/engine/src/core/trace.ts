// A run's trace, assembled from its rows. Pure: the same rows give the same spans, with the same ids.
//
// Invariants:
//   T1. The root is the run. Its children are its steps, in the order in which they began, and last its
//       `finalization`: what the function itself came to, outside any step.
//   T2. A span that took several attempts has each of them as a child; one that took one has none.
//   T3. Once the run has ended no span is still going on.
//   T4. A call's time in the queue is that of what began first in it. What the same call ran later waited
//       for nothing: it was queued when it began.
//   T5. Metadata and the app's own spans are shown at the attempt that they name; a step shows those of
//       its latest attempt.

import type { AppSpan } from "./app-span.ts";
import { type CallFacts, callFacts, NO_CALL } from "./call-facts.ts";
import type { FailedAttempt, StepRecord } from "./change.ts";
import type { MetadataEntry } from "./metadata.ts";
import type { SerializedError } from "./outcome.ts";
import { hasEnded, type RunStatus, type StepKind } from "./run.ts";
import { callMetadata } from "./span-metadata.ts";
import { NOTHING, TraceAdditions } from "./trace-additions.ts";
import { runSpanId, spanIdOf, stepSpanId } from "./trace-ids.ts";
import type { SpanOutput, SpanStatus, TraceSpan } from "./trace-span.ts";

interface TraceRun extends CallFacts {
  readonly id: string;
  readonly functionName: string;
  readonly status: RunStatus;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly outputJson: string | null;
}

export interface TraceParts {
  readonly run: TraceRun;
  /** In the order of the run's stack. */
  readonly steps: readonly TraceStep[];
  /** In the order of time. */
  readonly failedAttempts: readonly TriedAttempt[];
  readonly metadata: readonly MetadataEntry[];
  /** In the order of time. */
  readonly appSpans: readonly AppSpan[];
}

export type TraceStep = Omit<StepRecord, "isRace" | "call"> & CallFacts;

/** `errorJson` is null when payloads were not loaded. */
export type TriedAttempt = Omit<FailedAttempt, "errorJson" | "call"> &
  CallFacts & { readonly errorJson: string | null };

/** Function-level failures are stored under this id: no step has it. */
const NO_STEP = "";

export function assembleTrace(parts: TraceParts): TraceSpan {
  const { run, steps, failedAttempts } = parts;
  const context = createContext(parts);
  const attemptsByStep = Map.groupBy(failedAttempts, ({ stepId }) => stepId);
  const known = new Set(steps.map(({ stepId }) => stepId));
  const spans = steps.map((step) => stepSpan(context, step, attemptsByStep.get(step.stepId) ?? []));
  for (const [stepId, attempts] of attemptsByStep) {
    if (stepId !== NO_STEP && !known.has(stepId)) spans.push(retriedSpan(context, attempts));
  }
  spans.sort((a, b) => beganAtMs(a) - beganAtMs(b));
  const finalization = finalizationSpan(context, attemptsByStep.get(NO_STEP) ?? []);
  const own = context.additions.of(NO_STEP, 0);
  const children = [...spans, ...own.children, ...(finalization ? [finalization] : [])];
  return {
    ...runTimes(run),
    id: runSpanId(run.id),
    kind: "run",
    name: run.functionName,
    status: run.status,
    stepKind: null,
    stepId: null,
    attempt: finalization?.attempt ?? 0,
    input: undefined,
    output: runOutput(run),
    call: NO_CALL,
    metadata: own.metadata,
    attributes: null,
    children,
  };
}

interface Context {
  readonly run: TraceRun;
  /** The rows that began first in their calls (T4). */
  readonly firsts: ReadonlySet<TraceStep | TriedAttempt>;
  readonly additions: TraceAdditions;
}

function createContext({ run, steps, failedAttempts, metadata, appSpans }: TraceParts): Context {
  return {
    run,
    firsts: findFirsts([...failedAttempts, ...steps]),
    additions: new TraceAdditions(run.id, metadata, appSpans),
  };
}

/** A function that failed after its steps began with its call, yet what waited was its first step. */
function findFirsts(rows: readonly (TraceStep | TriedAttempt)[]): Context["firsts"] {
  const firsts = new Map<number, TraceStep | TriedAttempt>();
  for (const row of rows) {
    if (row.requestId === null) continue;
    const first = firsts.get(row.requestId);
    if (first === undefined || placeInCall(row) < placeInCall(first))
      firsts.set(row.requestId, row);
  }
  return new Set(firsts.values());
}

function placeInCall({ stepId, startedAtMs }: TraceStep | TriedAttempt): number {
  return stepId === NO_STEP ? Number.POSITIVE_INFINITY : (startedAtMs ?? 0);
}

/** The call and its wait, as far as they are this row's (T4). */
function callOf({ firsts }: Context, row: TraceStep | TriedAttempt) {
  const { queuedAtMs, startedAtMs, requestId } = row;
  if (requestId === null || firsts.has(row)) return { call: callFacts(row), queuedAtMs };
  return { call: { ...callFacts(row), queueMs: null }, queuedAtMs: startedAtMs ?? queuedAtMs };
}

function stepSpan(context: Context, step: TraceStep, attempts: readonly TriedAttempt[]): TraceSpan {
  const { run, additions } = context;
  const [first] = attempts;
  const attempt = latestAttempt(step, attempts);
  const { call, queuedAtMs } = callOf(context, step);
  const endedAtMs = step.endedAtMs ?? (step.status === "open" ? run.endedAtMs : null);
  const own = additions.of(step.stepId, attempt);
  const last: TraceSpan = {
    id: stepSpanId(run.id, step.stepId),
    kind: "step",
    name: step.name,
    status: stepStatus(run, step),
    stepKind: step.kind,
    stepId: step.stepId,
    attempt,
    queuedAtMs,
    startedAtMs: step.startedAtMs ?? (isWaiting(step) ? step.queuedAtMs : null),
    endedAtMs,
    input: parseOrUndefined(step.inputJson),
    output: stepOutput(step),
    call,
    metadata: own.metadata,
    attributes: null,
    children: [],
  };
  if (!first) {
    const metadata = [...own.metadata, ...callMetadata(call, endedAtMs ?? queuedAtMs)];
    return { ...last, metadata, children: own.children };
  }
  return {
    ...last,
    queuedAtMs: Math.min(callOf(context, first).queuedAtMs, step.queuedAtMs),
    startedAtMs: first.startedAtMs,
    call: NO_CALL,
    children: attemptSpans(context, last, attempts),
  };
}

/** A step that failed before the engine was told of it in any other way: it will be tried again. */
function retriedSpan(context: Context, attempts: readonly TriedAttempt[]): TraceSpan {
  const [first] = attempts;
  return stepSpan(
    context,
    {
      ...NO_CALL,
      stepId: first?.stepId ?? NO_STEP,
      name: first?.name ?? "",
      kind: "run",
      status: "open",
      inputJson: null,
      valueJson: null,
      attempt: 0,
      queuedAtMs: first?.queuedAtMs ?? context.run.queuedAtMs,
      startedAtMs: null,
      endedAtMs: null,
    },
    attempts,
  );
}

function finalizationSpan(context: Context, attempts: readonly TriedAttempt[]): TraceSpan | null {
  const { run } = context;
  const hasResult = run.status === "COMPLETED" || run.status === "FAILED";
  const first = attempts[0];
  if (!hasResult && !first) return null;
  const last: TraceSpan = {
    id: spanIdOf(run.id, "finalization"),
    kind: "finalization",
    name: "Finalization",
    status: run.status,
    stepKind: null,
    stepId: null,
    attempt: latestAttempt(null, attempts),
    queuedAtMs: first?.queuedAtMs ?? run.queuedAtMs,
    startedAtMs: first?.startedAtMs ?? run.startedAtMs,
    endedAtMs: run.endedAtMs,
    input: undefined,
    output: runOutput(run),
    call: callFacts(run),
    metadata: [],
    attributes: null,
    children: [],
  };
  if (!first) return last;
  return { ...last, call: NO_CALL, children: attemptSpans(context, last, attempts) };
}

/** The failed attempts, and after them the one that settled the span or that is still to come. */
function attemptSpans(
  context: Context,
  span: TraceSpan,
  attempts: readonly TriedAttempt[],
): TraceSpan[] {
  const { run, additions } = context;
  const stepId = span.stepId ?? NO_STEP;
  const failed = attempts.map((attempt, index): TraceSpan => {
    const { startedAtMs, endedAtMs, errorJson } = attempt;
    const { call, queuedAtMs } = callOf(context, attempt);
    // A checkpoint resets the count, so that an attempt may come twice: the later one shows what is stored.
    const isLatest = attempts.findLastIndex((other) => other.attempt === attempt.attempt) === index;
    const own = isLatest && span.kind === "step" ? additions.of(stepId, attempt.attempt) : NOTHING;
    return {
      ...attemptOf(span, attempt.attempt),
      id: spanIdOf(run.id, `${span.id}:${index}`),
      status: "FAILED",
      queuedAtMs: Math.min(queuedAtMs, startedAtMs),
      startedAtMs,
      endedAtMs,
      output: errorJson === null ? null : { kind: "error", error: JSON.parse(errorJson) },
      call,
      metadata: [...own.metadata, ...callMetadata(call, endedAtMs)],
      children: own.children,
    };
  });
  const queuedAtMs = attempts.at(-1)?.endedAtMs ?? span.queuedAtMs;
  const isSettled = span.status === "COMPLETED" || span.status === "FAILED";
  const own = span.kind === "step" ? additions.of(stepId, span.attempt) : NOTHING;
  const settling = {
    ...attemptOf(span, span.attempt),
    id: spanIdOf(run.id, `${span.id}:last`),
    status: isSettled || hasEnded(run.status) ? span.status : ("QUEUED" as const),
    queuedAtMs,
    startedAtMs: span.kind === "step" && isSettled ? span.startedAtMs : null,
    metadata: [...own.metadata, ...callMetadata(span.call, span.endedAtMs ?? queuedAtMs)],
    children: own.children,
  };
  return [...failed, settling];
}

function attemptOf(span: TraceSpan, attempt: number): TraceSpan {
  return { ...span, kind: "attempt", name: `Attempt ${attempt}`, attempt, input: undefined };
}

/** The settling attempt's index; while a step is open, that of the attempt to come. */
function latestAttempt(step: TraceStep | null, attempts: readonly TriedAttempt[]): number {
  if (step && step.status !== "open") return step.attempt;
  const last = attempts.at(-1);
  return last ? last.attempt + 1 : 0;
}

function stepStatus(run: TraceRun, step: TraceStep): SpanStatus {
  switch (step.status) {
    case "completed":
      return "COMPLETED";
    case "failed":
      return "FAILED";
    case "timed-out":
      // A wait whose time runs out gives null and is no failure; an invocation's gives an error.
      return step.kind === "invoke" ? "FAILED" : "COMPLETED";
    case "open":
      if (hasEnded(run.status)) return "CANCELLED";
      return isWaiting(step) ? "WAITING" : "RUNNING";
  }
}

function isWaiting({ kind }: TraceStep): boolean {
  return WAITING_KINDS.has(kind);
}

const WAITING_KINDS: ReadonlySet<StepKind> = new Set([
  "sleep",
  "wait-for-event",
  "wait-for-signal",
  "invoke",
]);

/**
 * Steps are stored as the SDK is given them: `{data}` or `{error}`, but an awaited event as it is, and null
 * for a wait in vain.
 */
function stepOutput({ kind, valueJson }: TraceStep): SpanOutput | null {
  if (valueJson === null || kind === "sleep") return null;
  const value: unknown = JSON.parse(valueJson);
  if (kind === "wait-for-event" || value === null) {
    return { kind: "value", value, isWrapped: false };
  }
  // The engine wrote it (`decide-op.ts`, `decide-resolution.ts`): one of the two fields is there.
  const stored = value as { readonly data?: unknown; readonly error?: SerializedError };
  if (stored.error) return { kind: "error", error: stored.error };
  return { kind: "value", value: stored.data ?? null, isWrapped: true };
}

function runOutput({ status, outputJson }: TraceRun): SpanOutput | null {
  if (outputJson === null) return null;
  if (status === "COMPLETED") {
    return { kind: "value", value: JSON.parse(outputJson), isWrapped: true };
  }
  const error: SerializedError | null = JSON.parse(outputJson);
  return error && { kind: "error", error };
}

function runTimes({ queuedAtMs, startedAtMs, endedAtMs }: TraceRun) {
  return { queuedAtMs, startedAtMs, endedAtMs };
}

function beganAtMs({ startedAtMs, queuedAtMs }: TraceSpan): number {
  return startedAtMs ?? queuedAtMs;
}

function parseOrUndefined(json: string | null): unknown {
  return json === null ? undefined : JSON.parse(json);
}
