// The ids by which a run is known in traces, here and elsewhere. All are made from the run's own names, so
// that a repeated call, a second export and the spans of an app meet in one trace.

/** 32 hex digits: the trace that a run's calls carry in `traceparent`. */
export function traceIdOf(runId: string): string {
  return Bun.SHA1.hash(runId, "hex").slice(0, 32);
}

export function runSpanId(runId: string): string {
  return spanIdOf(runId, "run");
}

export function stepSpanId(runId: string, stepId: string): string {
  return spanIdOf(runId, `step:${stepId}`);
}

/** 16 hex digits, never all zeros, which would be no id. */
export function spanIdOf(runId: string, what: string): string {
  return (Bun.hash(`${runId}/${what}`) || 1n).toString(16).padStart(16, "0");
}
