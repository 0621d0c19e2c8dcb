// Reads a run's trace into what a person wants to see: steps, and their attempts.
//
//   T1. All spans of one step id are one step.
//   T2. A step's attempts are the children of its span that are named "Attempt n"; a step that
//       needed one attempt has no such children and is its own attempt.
//   T3. A lone failed span beside a step is an attempt that a checkpoint reported. Where it lies
//       within an attempt that is listed already it is the same one, told twice: it has the step's
//       own times, the listed one those of the whole call, which may have run other steps before.
//   T4. Other children are steps of their own, one level deeper, and so are those of an attempt: spans of
//       the app's own.
//   T5. Steps are listed as they began. An attempt that failed is told from the begin of its call
//       where nothing tells better (T3), so its step comes after those that ended within it.

import { readSpanError, type SpanError, type SpanMetadata, type TraceSpan } from "./trace.ts";
import { readTime } from "./wire-time.ts";

export interface Attempt {
  readonly key: string;
  readonly status: TraceSpan["status"];
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly error: SpanError | null;
  /** Whatever the attempt left: a value, or the error with its stack. */
  readonly output: unknown;
  /** From when its call was due until it began; undefined where the engine doesn't tell. */
  readonly queueMs: number | undefined;
  /** HTTP status of the app's answer. */
  readonly responseStatus: number | undefined;
  /** What the app said of it. */
  readonly metadata: readonly SpanMetadata[];
}

export interface RunStep {
  /** Stays the same while the run goes on, and is different for each step shown. */
  readonly key: string;
  /** The step's id in the trace, or its span's where there is none. */
  readonly id: string;
  readonly name: string;
  /** RUN, SLEEP, WAIT_FOR_EVENT, INVOKE, … */
  readonly op: string;
  readonly depth: number;
  readonly status: TraceSpan["status"];
  readonly queuedAtMs: number | undefined;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly durationMs: number | undefined;
  readonly attempts: readonly Attempt[];
  readonly input: unknown;
  readonly output: unknown;
  /** Of a span of the app's own. */
  readonly attributes: Readonly<Record<string, unknown>> | undefined;
}

const ATTEMPT_NAME = /^Attempt \d+$/;
/** A trace of someone else's making must not nest for ever. */
const DEPTH_MAX = 4;

export function readRunSteps(root: TraceSpan): readonly RunStep[] {
  return readLevel(root.children, 0);
}

function readLevel(spans: readonly TraceSpan[], depth: number): readonly RunStep[] {
  const groups = Map.groupBy(spans, (span) => span.stepId ?? span.id);
  const read = [...groups].map(([key, group]) => ({ step: readStep(key, group, depth), group }));
  const steps = read.map(({ step }) => step);
  return read
    .map((one) => ({ ...one, placeMs: placeOf(one.step, steps) }))
    .toSorted((a, b) => a.placeMs - b.placeMs)
    .flatMap(({ step, group }) => [step, ...readDeeper(group, depth)]);
}

/** The moment by which a step is listed (T5). */
function placeOf(step: RunStep, steps: readonly RunStep[]): number {
  const [first] = step.attempts;
  const beganAtMs = beginOf(step);
  const failedAtMs = first?.status === "FAILED" ? first.endedAtMs : undefined;
  if (failedAtMs === undefined) return beganAtMs;
  const endsWithin = steps
    .filter((other) => other !== step)
    .map((other) => other.attempts[0]?.endedAtMs ?? Number.POSITIVE_INFINITY)
    .filter((endMs) => endMs <= failedAtMs);
  return Math.max(beganAtMs, ...endsWithin);
}

function readDeeper(group: readonly TraceSpan[], depth: number): readonly RunStep[] {
  if (depth === DEPTH_MAX) return [];
  const children = group
    .flatMap((span) => span.children)
    .flatMap((span) => (isAttempt(span) ? span.children : [span]));
  return readLevel(children, depth + 1);
}

function readStep(key: string, group: readonly TraceSpan[], depth: number): RunStep {
  const lead = group.reduce((best, span) => (rank(span) > rank(best) ? span : best));
  const attempts = readAttempts(group, lead);
  return {
    key: `${depth}:${key}`,
    id: key,
    name: lead.name || "(no name)",
    op: lead.stepOp ?? "",
    depth,
    status: lead.status,
    queuedAtMs: least(group.map((span) => readTime(span.queuedAt))),
    startedAtMs: least(attempts.map((attempt) => attempt.startedAtMs)),
    endedAtMs: readTime(lead.endedAt),
    durationMs: lead.durationMs,
    attempts,
    input: group.find((span) => span.input !== undefined)?.input,
    output: lead.output,
    attributes: lead.attributes,
  };
}

/** The span that speaks for its step (T1): one that is done, else one that goes on, else a failed one. */
function rank({ status, children }: TraceSpan): number {
  const hasAttempts = children.length > 0 ? 1 : 0;
  if (status === "COMPLETED") return 4 + hasAttempts;
  return (status === "FAILED" ? 0 : 2) + hasAttempts;
}

function readAttempts(group: readonly TraceSpan[], lead: TraceSpan): readonly Attempt[] {
  const listed = group.flatMap((span) => span.children.filter(isAttempt)).map(readAttempt);
  const lone = group
    .filter((span) => !span.children.some(isAttempt))
    .filter((span) => span !== lead || listed.length === 0)
    .map(readAttempt);
  const told = listed.map((attempt) => ({ ...attempt, ...ownTimes(attempt, lone) }));
  const untold = lone.filter((attempt) => !listed.some((other) => isWithin(attempt, other)));
  return [...told, ...untold].toSorted((a, b) => beginOf(a) - beginOf(b));
}

function ownTimes(attempt: Attempt, lone: readonly Attempt[]): Partial<Attempt> {
  const same = lone.find((other) => isWithin(other, attempt));
  return same ? { startedAtMs: same.startedAtMs, endedAtMs: same.endedAtMs } : {};
}

function readAttempt(span: TraceSpan): Attempt {
  return {
    key: span.id,
    status: span.status,
    startedAtMs: readTime(span.startedAt),
    endedAtMs: readTime(span.endedAt),
    error: readSpanError(span),
    output: span.output,
    queueMs: readQueueMs(span),
    responseStatus: readMeasure(span, "inngest.http", "response_status"),
    metadata: span.metadata.filter(({ scope }) => scope !== REQUEST_SCOPE),
  };
}

/** About the HTTP call and not about what it did; this client reads what people ask for out of it. */
const REQUEST_SCOPE = "request";

/** The real server tells its own latency beside the wait for limits; both are time in its queue. */
function readQueueMs(span: TraceSpan): number | undefined {
  return (
    readMeasure(span, "inngest.timing", "total_inngest_ms") ??
    readMeasure(span, "inngest.timing", "queue_delay_ms")
  );
}

/** 64-bit numbers are texts on the wire. */
function readMeasure(span: TraceSpan, kind: string, name: string): number | undefined {
  const entry = span.metadata.find((one) => one.scope === REQUEST_SCOPE && one.kind === kind);
  const value = entry?.values[name];
  const number =
    typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function isAttempt(span: TraceSpan): boolean {
  return ATTEMPT_NAME.test(span.name);
}

function isWithin(inner: Attempt, outer: Attempt): boolean {
  if (inner.status !== outer.status || inner.endedAtMs === undefined) return false;
  return beginOf(outer) <= beginOf(inner) && inner.endedAtMs <= (outer.endedAtMs ?? -Infinity);
}

interface Spanning {
  readonly startedAtMs: number | undefined;
  readonly queuedAtMs?: number | undefined;
}

/** What has not begun comes last, in the order in which it was queued. */
function beginOf({ startedAtMs, queuedAtMs }: Spanning): number {
  return startedAtMs ?? queuedAtMs ?? Number.MAX_SAFE_INTEGER;
}

function least(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
