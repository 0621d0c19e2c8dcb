// Reads a run's trace into its steps.
//
// A step may be there more than once: as a node whose children are its attempts, and, where an
// attempt was reported by a checkpoint, as a lone failed span of the same step id beside it. All
// spans of one step id are one step.

import { readSpanError, type SpanError, type TraceSpan } from "@system-bus/inngest-api";

type StepStatus = TraceSpan["status"];

interface FailedAttempt {
  readonly spanId: string;
  readonly error: SpanError;
}

export interface RunStep {
  /** The step's id in the trace, or its span's where there is none. */
  readonly key: string;
  readonly name: string;
  readonly op: string | undefined;
  readonly status: StepStatus;
  readonly failedAttempts: readonly FailedAttempt[];
  readonly startedAt: string | undefined;
  readonly durationMs: number | undefined;
  readonly output: unknown;
}

const NO_ERROR: SpanError = { name: "Error", message: "failed without a message" };

/** In the order in which the trace names them first. */
export function readSteps(root: TraceSpan): readonly RunStep[] {
  const spansByKey = new Map<string, TraceSpan[]>();
  for (const span of root.children) {
    const key = span.stepId ?? span.id;
    const spans = spansByKey.get(key);
    if (spans) spans.push(span);
    else spansByKey.set(key, [span]);
  }
  return [...spansByKey].map(([key, spans]) => readStep(key, spans));
}

function readStep(key: string, spans: readonly TraceSpan[]): RunStep {
  const lead = spans.reduce((best, span) => (rank(span) > rank(best) ? span : best));
  const startedAts = spans.flatMap((span) => span.startedAt ?? []).toSorted();
  return {
    key,
    name: lead.name,
    op: lead.stepOp,
    status: lead.status,
    failedAttempts: spans.flatMap(failedAttemptsOf),
    startedAt: startedAts[0],
    durationMs: lead.durationMs,
    output: lead.output,
  };
}

/** The span that speaks for its step: one that is done, else one that goes on, else a failed one. */
function rank(span: TraceSpan): number {
  if (span.status === "COMPLETED") return 2;
  return span.status === "FAILED" ? 0 : 1;
}

function failedAttemptsOf(span: TraceSpan): readonly FailedAttempt[] {
  const attempts = span.children.length === 0 ? [span] : span.children;
  return attempts
    .filter((attempt) => attempt.status === "FAILED")
    .map((attempt) => ({ spanId: attempt.id, error: readSpanError(attempt) ?? NO_ERROR }));
}
