import type { Run, TraceSpan } from "@system-bus/inngest-api";

const QUEUED_AT = "2026-11-21T09:00:00.000Z";

/** A run as the API gives it, with what a test cares about. */
export function runOf(fields: Partial<Run> & Pick<Run, "id">): Run {
  return {
    app: { id: "system-bus" },
    function: { id: "fn", name: "fn" },
    status: "RUNNING",
    queuedAt: QUEUED_AT,
    trigger: { eventIds: [] },
    ...fields,
  };
}

let spanCount = 0;

/** A span with an id of its own. */
export function spanOf(fields: Partial<TraceSpan> & Pick<TraceSpan, "name">): TraceSpan {
  spanCount += 1;
  return { id: `span-${spanCount}`, status: "COMPLETED", metadata: [], children: [], ...fields };
}

/** A run's root with these steps. */
export function rootOf(status: TraceSpan["status"], children: TraceSpan[] = []): TraceSpan {
  return spanOf({ name: "run", status, children });
}
