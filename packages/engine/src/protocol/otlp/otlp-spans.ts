// A run's trace as OpenTelemetry has it: https://opentelemetry.io/docs/specs/otlp/, in JSON. Ids are hex,
// moments are nanoseconds in a text, enums are numbers.
//
// Invariants:
//   O1. The trace is the one that the run's calls name in `traceparent`: spans of an app that follows
//       W3C's trace context join it.
//   O2. The same run gives the same ids each time, so that a second export repeats and adds nothing.
//   O3. Spans that have not ended are left out, and so are the app's own: the app exports them itself.
//   O4. A run has at most `SPANS_MAX` spans here; its root says how many are missing.

import type { SpanMetadata } from "../../core/span-metadata.ts";
import { runSpanId, stepSpanId, traceIdOf } from "../../core/trace-ids.ts";
import type { TraceSpan } from "../../core/trace-span.ts";
import { type OtlpAttribute, otlpAttributes } from "./attribute.ts";

export const SPANS_MAX = 2_000;

const KIND_INTERNAL = 1;
const STATUS = { unset: 0, ok: 1, error: 2 } as const;
const STACK_CHARS_MAX = 8_192;

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events?: readonly object[];
  readonly links?: readonly object[];
  readonly status: { readonly code: number; readonly message?: string };
}

/** The run whose trace it is, with the runs that it belongs to. */
export interface ExportedRun {
  readonly id: string;
  readonly appName: string;
  readonly functionSlug: string;
  readonly eventInternalIds: readonly string[];
  /** `<runId>.<stepId>` of the `step.invoke` that waits for it. */
  readonly correlationId: string | null;
  readonly rerunOf: string | null;
}

export interface SpanOptions {
  /** Whether inputs and outputs are among the attributes, as JSON. */
  readonly withPayloads: boolean;
}

export function otlpSpans(run: ExportedRun, root: TraceSpan, options: SpanOptions): OtlpSpan[] {
  const spans: OtlpSpan[] = [];
  let count = 0;
  const add = (span: TraceSpan, parentSpanId: string | null): void => {
    if (span.kind === "app") return;
    count += 1;
    if (count <= SPANS_MAX) {
      const written = writeSpan(run.id, span, options);
      if (written) spans.push(parentSpanId === null ? written : { ...written, parentSpanId });
    }
    for (const child of span.children) {
      // What the function came to is the root's own end, unless it took several attempts.
      const isNews = child.kind !== "finalization" || child.children.length > 0;
      if (isNews) add(child, span.id);
    }
  };
  add(root, null);
  const [first, ...rest] = spans;
  if (first?.spanId !== runSpanId(run.id)) return spans;
  return [withRun(first, run, count - SPANS_MAX), ...rest];
}

/** The root tells whose run it was, and is linked to the runs that it comes from. */
function withRun(root: OtlpSpan, run: ExportedRun, missingCount: number): OtlpSpan {
  const attributes = otlpAttributes({
    "inngest.run.id": run.id,
    "inngest.app.id": run.appName,
    "inngest.function.id": run.functionSlug,
    "inngest.event.ids": run.eventInternalIds,
    "inngest.spans.missing": missingCount > 0 ? missingCount : undefined,
  });
  const links = [...linkToInvoker(run.correlationId), ...linkToRun(run.rerunOf)];
  return {
    ...root,
    attributes: [...attributes, ...root.attributes],
    ...(links.length > 0 && { links }),
  };
}

function linkToInvoker(correlationId: string | null): object[] {
  if (correlationId === null) return [];
  // A run's id has no dot; a step's id is the SDK's to choose.
  const dotAt = correlationId.indexOf(".");
  const runId = correlationId.slice(0, dotAt);
  const spanId = stepSpanId(runId, correlationId.slice(dotAt + 1));
  const attributes = otlpAttributes({ "inngest.link": "invoked by" });
  return [{ traceId: traceIdOf(runId), spanId, attributes }];
}

function linkToRun(rerunOf: string | null): object[] {
  if (rerunOf === null) return [];
  const attributes = otlpAttributes({ "inngest.link": "rerun of" });
  return [{ traceId: traceIdOf(rerunOf), spanId: runSpanId(rerunOf), attributes }];
}

function writeSpan(runId: string, span: TraceSpan, options: SpanOptions): OtlpSpan | null {
  const { endedAtMs } = span;
  if (endedAtMs === null) return null;
  const startedAtMs = span.startedAtMs ?? span.queuedAtMs;
  const events = exceptionEvents(span, endedAtMs);
  return {
    traceId: traceIdOf(runId),
    spanId: span.id,
    name: span.name,
    kind: KIND_INTERNAL,
    startTimeUnixNano: nanoseconds(startedAtMs),
    endTimeUnixNano: nanoseconds(Math.max(startedAtMs, endedAtMs)),
    attributes: [
      ...otlpAttributes(spanFacts(span)),
      ...otlpAttributes(callAttributes(span)),
      ...span.metadata.flatMap((entry) => otlpAttributes(metadataAttributes(entry))),
      ...(options.withPayloads ? otlpAttributes(payloads(span)) : []),
    ],
    ...(events.length > 0 && { events }),
    status: statusOf(span),
  };
}

function spanFacts({ kind, status, stepId, stepKind, attempt }: TraceSpan) {
  return {
    "inngest.span.kind": kind,
    "inngest.status": status,
    "inngest.step.id": stepId,
    "inngest.step.op": stepKind,
    "inngest.attempt": kind === "run" ? undefined : attempt,
  };
}

function callAttributes({ kind, call, queuedAtMs, startedAtMs }: TraceSpan) {
  const runWaitMs = startedAtMs === null ? null : Math.max(0, startedAtMs - queuedAtMs);
  return {
    "inngest.queue_ms": kind === "run" ? runWaitMs : call.queueMs,
    "inngest.request.id": call.requestId === null ? null : String(call.requestId),
    "http.response.status_code": call.responseStatus,
    "inngest.response.server_ms": call.serverMs,
    "inngest.response.transfer_ms": call.transferMs,
  };
}

/** OpenTelemetry's names for generative AI, where it has one. */
const AI_ATTRIBUTES: Readonly<Record<string, string>> = {
  request_model: "gen_ai.request.model",
  response_model: "gen_ai.response.model",
  provider: "gen_ai.provider.name",
  operation_name: "gen_ai.operation.name",
  response_id: "gen_ai.response.id",
  finish_reasons: "gen_ai.response.finish_reasons",
  input_tokens: "gen_ai.usage.input_tokens",
  output_tokens: "gen_ai.usage.output_tokens",
};

/** How the call went is told already (`callAttributes`). */
function metadataAttributes({ scope, kind, values }: SpanMetadata): Record<string, unknown> {
  if (scope === "request") return {};
  if (kind !== "inngest.ai") return { [`inngest.metadata.${kind}`]: values };
  const named = Object.entries(values).map(([name, value]) => [
    Object.hasOwn(AI_ATTRIBUTES, name) ? AI_ATTRIBUTES[name] : `inngest.ai.${name}`,
    value,
  ]);
  return Object.fromEntries(named);
}

function payloads({ input, output }: TraceSpan) {
  const value = output?.kind === "value" ? output.value : undefined;
  return { "inngest.input": toJson(input), "inngest.output": toJson(value) };
}

function toJson(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function exceptionEvents({ status, output }: TraceSpan, atMs: number): object[] {
  if (status !== "FAILED" || output?.kind !== "error") return [];
  const { name, message, stack } = output.error;
  const attributes = otlpAttributes({
    "exception.type": name,
    "exception.message": message,
    "exception.stacktrace": stack?.slice(0, STACK_CHARS_MAX),
  });
  return [{ timeUnixNano: nanoseconds(atMs), name: "exception", attributes }];
}

function statusOf({ status, output }: TraceSpan): OtlpSpan["status"] {
  if (status === "COMPLETED") return { code: STATUS.ok };
  if (status !== "FAILED") return { code: STATUS.unset };
  const message = output?.kind === "error" ? output.error.message : "";
  return { code: STATUS.error, ...(message !== "" && { message: message.slice(0, 1_024) }) };
}

/** Moments are whole milliseconds, so that the rest is zeros. */
function nanoseconds(ms: number): string {
  return `${BigInt(Math.round(ms)) * 1_000_000n}`;
}
