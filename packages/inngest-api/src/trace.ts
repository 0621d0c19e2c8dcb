import { z } from "zod";
import { RunStatusSchema } from "./run.ts";
import { Int64Schema } from "./wire.ts";

/** What is said of a span beside its times and its output: tokens of models, people's own notes. */
const SpanMetadataSchema = z.object({
  /** `request` is about the HTTP call; `run`, `step` and others about what it did. */
  scope: z.string().default(""),
  kind: z.string(),
  values: z.record(z.string(), z.unknown()).default({}),
});

export type SpanMetadata = Readonly<z.output<typeof SpanMetadataSchema>>;

/**
 * One node of a run's trace. The root is the run; its children are steps; the children of a step are
 * its attempts, named `Attempt 0`, `Attempt 1`. A step that needed one attempt has no children.
 */
const TraceSpanSchema = z.object({
  id: z.string(),
  name: z.string().default(""),
  status: RunStatusSchema,
  stepOp: z.string().optional(),
  stepId: z.string().optional(),
  queuedAt: z.string().optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  durationMs: Int64Schema.optional(),
  input: z.unknown().optional(),
  /** A value, or for a failed span `{name, message, stack}`. */
  output: z.unknown().optional(),
  /** What this client can't read of it is no reason to show no trace. */
  metadata: z.array(SpanMetadataSchema).catch([]).default([]),
  /** What an app said of a span of its own. */
  attributes: z.record(z.string(), z.unknown()).optional(),
  get children() {
    return z.array(TraceSpanSchema).default([]);
  },
});

export type TraceSpan = z.output<typeof TraceSpanSchema>;

export const TraceSchema = z.object({ rootSpan: TraceSpanSchema });

export interface SpanError {
  readonly name: string;
  readonly message: string;
}

const SpanErrorSchema = z.object({ name: z.string().default("Error"), message: z.string() });

/** The error of a failed span, or null. It lies plain in the output, or under `error`. */
export function readSpanError(span: Pick<TraceSpan, "status" | "output">): SpanError | null {
  if (span.status !== "FAILED") return null;
  const wrapped = z.object({ error: SpanErrorSchema }).safeParse(span.output);
  if (wrapped.success) return wrapped.data.error;
  const plain = SpanErrorSchema.safeParse(span.output);
  return plain.success ? plain.data : null;
}
