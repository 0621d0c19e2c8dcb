// A run's trace, assembled from its rows. Pure: the same rows give the same spans, with the same ids.
//
// Invariants:
//   T1. The root is the run. Its children are its steps, in the order in which they began, and last its
//       `finalization`: what the function itself came to, outside any step.
//   T2. A span that took several attempts has each of them as a child; one that took one has none.
//   T3. Once the run has ended no span is still going on.

import type { FailedAttempt, StepRecord } from "./change.ts";
import type { SerializedError } from "./outcome.ts";
import { hasEnded, type RunStatus, type StepKind } from "./run.ts";

/** Of REST v2, but for WAITING, which GraphQL alone knows: nothing of ours runs meanwhile. */
type SpanStatus = RunStatus | "WAITING";

/** `isWrapped`: traces show the values of steps and functions as `{data}`, those of waits as they are. */
export type SpanOutput =
  | { readonly kind: "value"; readonly value: unknown; readonly isWrapped: boolean }
  | { readonly kind: "error"; readonly error: SerializedError };

export interface TraceSpan {
  /** 16 hex digits, unique within the run. */
  readonly id: string;
  readonly kind: "run" | "step" | "attempt" | "finalization";
  readonly name: string;
  readonly status: SpanStatus;
  readonly stepKind: StepKind | null;
  readonly stepId: string | null;
  /** Index, from 0, of the latest attempt. */
  readonly attempt: number;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly input: unknown;
  /** Null while there is none, and when payloads were not loaded. */
  readonly output: SpanOutput | null;
  readonly children: readonly TraceSpan[];
}

interface TraceRun {
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
  readonly steps: readonly Omit<StepRecord, "isRace">[];
  /** In the order of time. */
  readonly failedAttempts: readonly TriedAttempt[];
}

/** `errorJson` is null when payloads were not loaded. */
export type TriedAttempt = Omit<FailedAttempt, "errorJson"> & { readonly errorJson: string | null };

/** Function-level failures are stored under this id: no step has it. */
const NO_STEP = "";

export function assembleTrace({ run, steps, failedAttempts }: TraceParts): TraceSpan {
  const attemptsByStep = Map.groupBy(failedAttempts, ({ stepId }) => stepId);
  const known = new Set(steps.map(({ stepId }) => stepId));
  const spans = steps.map((step) => stepSpan(run, step, attemptsByStep.get(step.stepId) ?? []));
  for (const [stepId, attempts] of attemptsByStep) {
    if (stepId !== NO_STEP && !known.has(stepId)) spans.push(retriedSpan(run, attempts));
  }
  spans.sort((a, b) => beganAtMs(a) - beganAtMs(b));
  const finalization = finalizationSpan(run, attemptsByStep.get(NO_STEP) ?? []);
  const children = finalization ? [...spans, finalization] : spans;
  return {
    ...runTimes(run),
    id: spanId(run.id, "run"),
    kind: "run",
    name: run.functionName,
    status: run.status,
    stepKind: null,
    stepId: null,
    attempt: finalization?.attempt ?? 0,
    input: undefined,
    output: runOutput(run),
    children,
  };
}

/** Depth first; null when the trace has no such span. */
export function findSpan(root: TraceSpan, id: string): TraceSpan | null {
  if (root.id === id) return root;
  for (const child of root.children) {
    const found = findSpan(child, id);
    if (found) return found;
  }
  return null;
}

type Step = TraceParts["steps"][number];

function stepSpan(run: TraceRun, step: Step, attempts: readonly TriedAttempt[]): TraceSpan {
  const first = attempts[0];
  const status = stepStatus(run, step);
  const last: TraceSpan = {
    id: spanId(run.id, `step:${step.stepId}`),
    kind: "step",
    name: step.name,
    status,
    stepKind: step.kind,
    stepId: step.stepId,
    attempt: latestAttempt(step, attempts),
    queuedAtMs: step.queuedAtMs,
    startedAtMs: step.startedAtMs ?? (isWaiting(step) ? step.queuedAtMs : null),
    endedAtMs: step.endedAtMs ?? (step.status === "open" ? run.endedAtMs : null),
    input: parseOrUndefined(step.inputJson),
    output: stepOutput(step),
    children: [],
  };
  if (!first) return last;
  return {
    ...last,
    queuedAtMs: Math.min(first.queuedAtMs, step.queuedAtMs),
    startedAtMs: first.startedAtMs,
    children: attemptSpans(run, last, attempts),
  };
}

/** A step that failed before the engine was told of it in any other way: it will be tried again. */
function retriedSpan(run: TraceRun, attempts: readonly TriedAttempt[]): TraceSpan {
  const [first] = attempts;
  return stepSpan(
    run,
    {
      stepId: first?.stepId ?? NO_STEP,
      name: first?.name ?? "",
      kind: "run",
      status: "open",
      inputJson: null,
      valueJson: null,
      attempt: 0,
      queuedAtMs: first?.queuedAtMs ?? run.queuedAtMs,
      startedAtMs: null,
      endedAtMs: null,
    },
    attempts,
  );
}

function finalizationSpan(run: TraceRun, attempts: readonly TriedAttempt[]): TraceSpan | null {
  const hasResult = run.status === "COMPLETED" || run.status === "FAILED";
  const first = attempts[0];
  if (!hasResult && !first) return null;
  const last: TraceSpan = {
    id: spanId(run.id, "finalization"),
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
    children: [],
  };
  return first ? { ...last, children: attemptSpans(run, last, attempts) } : last;
}

/** The failed attempts, and after them the one that settled the span or that is still to come. */
function attemptSpans(
  run: TraceRun,
  span: TraceSpan,
  attempts: readonly TriedAttempt[],
): TraceSpan[] {
  const failed = attempts.map((attempt, index): TraceSpan => {
    const { startedAtMs, endedAtMs, errorJson } = attempt;
    const queuedAtMs = Math.min(attempt.queuedAtMs, startedAtMs);
    return {
      ...attemptOf(span, attempt.attempt),
      id: spanId(run.id, `${span.id}:${index}`),
      status: "FAILED",
      queuedAtMs,
      startedAtMs,
      endedAtMs,
      output: errorJson === null ? null : { kind: "error", error: JSON.parse(errorJson) },
    };
  });
  const queuedAtMs = attempts.at(-1)?.endedAtMs ?? span.queuedAtMs;
  const isSettled = span.status === "COMPLETED" || span.status === "FAILED";
  const settling = {
    ...attemptOf(span, span.attempt),
    id: spanId(run.id, `${span.id}:last`),
    status: isSettled || hasEnded(run.status) ? span.status : ("QUEUED" as const),
    queuedAtMs,
    startedAtMs: span.kind === "step" && isSettled ? span.startedAtMs : null,
  };
  return [...failed, settling];
}

function attemptOf(span: TraceSpan, attempt: number): TraceSpan {
  return { ...span, kind: "attempt", name: `Attempt ${attempt}`, attempt, input: undefined };
}

/** The settling attempt's index; while a step is open, that of the attempt to come. */
function latestAttempt(step: Step | null, attempts: readonly TriedAttempt[]): number {
  if (step && step.status !== "open") return step.attempt;
  const last = attempts.at(-1);
  return last ? last.attempt + 1 : 0;
}

function stepStatus(run: TraceRun, step: Step): SpanStatus {
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

function isWaiting({ kind }: Step): boolean {
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
function stepOutput({ kind, valueJson }: Step): SpanOutput | null {
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

function spanId(runId: string, what: string): string {
  return Bun.hash(`${runId}/${what}`).toString(16).padStart(16, "0");
}
