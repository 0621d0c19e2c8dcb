import { STEP_OP_NAMES } from "../../core/step-op-name.ts";
import type { TraceSpan } from "../../core/trace-span.ts";
import { moment } from "../json-answer.ts";
import { spanMetadata } from "../v2/v2-answers.ts";

/** A span as GraphQL shows it: its output is asked for on its own, with `outputID`. */
export function spanView(span: TraceSpan, runId: string): object {
  const { startedAtMs, endedAtMs, stepKind } = span;
  return {
    name: span.name,
    status: span.status,
    attempts: span.attempt,
    stepID: span.stepId,
    spanID: span.id,
    stepOp: stepKind && STEP_OP_NAMES[stepKind],
    stepType: stepType(span),
    outputID: hasOutput(span) ? `${runId}:${span.id}` : null,
    queuedAt: moment(span.queuedAtMs),
    startedAt: startedAtMs === null ? null : moment(startedAtMs),
    endedAt: endedAtMs === null ? null : moment(endedAtMs),
    duration: startedAtMs === null || endedAtMs === null ? null : endedAtMs - startedAtMs,
    isRoot: span.kind === "run",
    metadata: span.metadata.map(spanMetadata),
    childrenSpans: span.children.map((child) => spanView(child, runId)),
  };
}

export function spanOutputFields({ input, output }: TraceSpan): object {
  return {
    input: input === undefined ? null : JSON.stringify(input),
    data: output?.kind === "value" ? JSON.stringify(output.value) : null,
    error: output?.kind === "error" ? output.error : null,
  };
}

function stepType({ kind, stepKind }: TraceSpan): string {
  if (stepKind) return STEP_OP_NAMES[stepKind];
  if (kind === "app") return "USERLAND";
  return kind === "run" ? "RUN" : "FINALIZATION";
}

/** Known without loading it: what has ended well or badly has one, only a sleep has none. */
function hasOutput({ status, stepKind }: TraceSpan): boolean {
  return (status === "COMPLETED" || status === "FAILED") && stepKind !== "sleep";
}
