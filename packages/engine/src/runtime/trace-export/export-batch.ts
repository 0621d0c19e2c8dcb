import type { EndedRun } from "../../core/export-cursor.ts";
import { assembleTrace } from "../../core/trace.ts";
import { otlpRequest, type TraceResource } from "../../protocol/otlp/otlp-request.ts";
import { type OtlpSpan, otlpSpans } from "../../protocol/otlp/otlp-spans.ts";
import type { ReadStore } from "../read-store.ts";

/** A run with the JSON of its spans, ready to be sent; no spans where it is gone by now. */
export interface ExportableRun extends EndedRun {
  readonly spans: readonly OtlpSpan[];
  /** About what its JSON takes. */
  readonly sizeBytes: number;
}

export type ExportReads = Pick<ReadStore, "findRun" | "findTraceParts" | "findRunOrigin">;

export function readExportableRun(
  reads: ExportReads,
  run: EndedRun,
  { withPayloads }: { readonly withPayloads: boolean },
): ExportableRun {
  const spans = loadSpans(reads, run.runId, withPayloads);
  return { ...run, spans, sizeBytes: spans.length === 0 ? 0 : JSON.stringify(spans).length };
}

/** The spans of one run; none where there is no such run. Errors are among them in any case. */
export function loadSpans(
  reads: ExportReads,
  runId: string,
  withPayloads: boolean,
): readonly OtlpSpan[] {
  const run = reads.findRun(runId, { withOutput: false });
  const origin = reads.findRunOrigin(runId);
  const parts = reads.findTraceParts(runId, { withPayloads: withPayloads || "errors" });
  if (!run || !origin || !parts) return [];
  return otlpSpans({ ...run, ...origin }, assembleTrace(parts), { withPayloads });
}

export function batchJson(runs: readonly ExportableRun[], resource: TraceResource): string {
  const spans = runs.flatMap((run) => run.spans);
  return JSON.stringify(otlpRequest(spans, resource));
}
