import type { CallFacts } from "./call-facts.ts";
import type { SerializedError } from "./outcome.ts";
import type { RunStatus, StepKind } from "./run.ts";
import type { SpanMetadata } from "./span-metadata.ts";

/** Of REST v2, but for WAITING, which GraphQL alone knows: nothing of ours runs meanwhile. */
export type SpanStatus = RunStatus | "WAITING";

/** `isWrapped`: traces show the values of steps and functions as `{data}`, those of waits as they are. */
export type SpanOutput =
  | { readonly kind: "value"; readonly value: unknown; readonly isWrapped: boolean }
  | { readonly kind: "error"; readonly error: SerializedError };

export interface TraceSpan {
  /** 16 hex digits, unique within the run. */
  readonly id: string;
  /** `app`: a span of the app's own, within a step. */
  readonly kind: "run" | "step" | "attempt" | "finalization" | "app";
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
  /** Of the attempt that the span is, or that settled it when one was enough. */
  readonly call: CallFacts;
  readonly metadata: readonly SpanMetadata[];
  /** What the app said of a span of its own; null for all others. */
  readonly attributes: Readonly<Record<string, unknown>> | null;
  readonly children: readonly TraceSpan[];
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
