// The events that the engine itself sends at a run's end. Protocol notes, section 1.6, "Finalize".

import type { RunEnding } from "./change.ts";
import type { EventPayload } from "./event.ts";

const FINISHED_EVENT = "inngest/function.finished";
const FAILED_EVENT = "inngest/function.failed";
const CANCELLED_EVENT = "inngest/function.cancelled";
export const INVOKED_EVENT = "inngest/function.invoked";
export const CRON_EVENT = "inngest/scheduled.timer";

export interface SystemEvent {
  readonly name: string;
  /** Given where a repeat must not start anything twice. */
  readonly id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface EndedRun {
  readonly runId: string;
  readonly functionSlug: string;
  readonly correlationId: string | null;
  /** Several when a batch started it. */
  readonly events: readonly [EventPayload, ...EventPayload[]];
}

/** Runs that these events started send none of their own: they could go on for ever. */
const SILENT_TRIGGERS: ReadonlySet<string> = new Set([
  FINISHED_EVENT,
  FAILED_EVENT,
  CANCELLED_EVENT,
]);

export function endEvents(run: EndedRun, ending: RunEnding): SystemEvent[] {
  const { runId, functionSlug, correlationId, events } = run;
  if (events.some(({ name }) => SILENT_TRIGGERS.has(name))) return [];
  const common = { function_id: functionSlug, run_id: runId, event: events[0], events };
  const finished: SystemEvent = {
    name: FINISHED_EVENT,
    data: {
      ...common,
      ...(correlationId === null ? {} : { correlation_id: correlationId }),
      ...(ending.error === null
        ? { result: JSON.parse(ending.outputJson) as unknown }
        : { error: ending.error }),
      _inngest: { status: titleCase(ending.status) },
    },
  };
  if (ending.status === "FAILED") {
    return [finished, { name: FAILED_EVENT, id: runId, data: { ...common, error: ending.error } }];
  }
  if (ending.status === "CANCELLED") {
    return [finished, { name: CANCELLED_EVENT, data: { ...common, error: ending.error } }];
  }
  return [finished];
}

function titleCase(status: string): string {
  return status.charAt(0) + status.slice(1).toLowerCase();
}
