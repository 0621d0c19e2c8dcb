import type { AppSpan } from "./app-span.ts";
import { NO_CALL } from "./call-facts.ts";
import type { MetadataEntry } from "./metadata.ts";
import { type SpanMetadata, storedMetadata } from "./span-metadata.ts";
import { spanIdOf } from "./trace-ids.ts";
import type { TraceSpan } from "./trace-span.ts";

/** What is shown at one attempt of a step, or at the run, beside what the engine itself knows of it. */
export interface Addition {
  readonly metadata: readonly SpanMetadata[];
  readonly children: readonly TraceSpan[];
}

export const NOTHING: Addition = { metadata: [], children: [] };

/** Metadata and spans that the app has sent, by what they are about. */
export class TraceAdditions {
  readonly #runId: string;
  readonly #metadata: ReadonlyMap<string, readonly MetadataEntry[]>;
  readonly #spans: ReadonlyMap<string, readonly AppSpan[]>;

  constructor(runId: string, metadata: readonly MetadataEntry[], spans: readonly AppSpan[]) {
    this.#runId = runId;
    this.#metadata = Map.groupBy(metadata, (entry) => placeKey(entry));
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    this.#spans = Map.groupBy(spans, (span) => parentKey(span, byId.get(span.parentSpanId)));
  }

  /** `stepId` is empty for the run. */
  of(stepId: string, attempt: number): Addition {
    const metadata = this.#metadataAt(placeKey({ stepId, attempt, spanId: "" }));
    const spans = this.#spans.get(attemptKey({ stepId, attempt })) ?? [];
    if (metadata.length === 0 && spans.length === 0) return NOTHING;
    return { metadata, children: spans.map((span) => this.#nest(span)) };
  }

  /** Ends: a span has one parent, and a ring of spans hangs below no attempt. */
  #nest(span: AppSpan): TraceSpan {
    const { name, status, statusMessage, startedAtMs, endedAtMs, attempt } = span;
    const error = { name: "Error", message: statusMessage };
    return {
      id: spanIdOf(this.#runId, `app:${span.spanId}`),
      kind: "app",
      name,
      status: status === "error" ? "FAILED" : "COMPLETED",
      stepKind: null,
      stepId: null,
      attempt,
      queuedAtMs: startedAtMs,
      startedAtMs,
      endedAtMs,
      input: undefined,
      output: status === "error" ? { kind: "error", error } : null,
      call: NO_CALL,
      metadata: this.#metadataAt(placeKey(span)),
      // The engine wrote it, from an object.
      attributes: JSON.parse(span.attributesJson) as Record<string, unknown>,
      children: (this.#spans.get(spanKey(span.spanId)) ?? []).map((child) => this.#nest(child)),
    };
  }

  #metadataAt(key: string): readonly SpanMetadata[] {
    return (this.#metadata.get(key) ?? []).map(storedMetadata);
  }
}

interface Place {
  readonly stepId: string;
  readonly attempt: number;
}

/** Below another span only where both are of the same attempt: a call's own span covers several steps. */
function parentKey(span: AppSpan, parent: AppSpan | undefined): string {
  const isSameAttempt = parent?.stepId === span.stepId && parent.attempt === span.attempt;
  return isSameAttempt ? spanKey(parent.spanId) : attemptKey(span);
}

function placeKey(place: Place & { readonly spanId: string }): string {
  return `${attemptKey(place)} ${place.spanId}`;
}

/** A run has no attempts of its own: what was sent outside of its steps is the run's, in any call. */
function attemptKey({ stepId, attempt }: Place): string {
  return stepId === "" ? "run" : `step ${attempt} ${stepId}`;
}

function spanKey(spanId: string): string {
  return `span ${spanId}`;
}
