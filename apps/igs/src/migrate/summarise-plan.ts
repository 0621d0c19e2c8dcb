import type { Run } from "@system-bus/inngest-api";
import type { MigrationPlan } from "./decide-migration.ts";

/** Of each list; the counts are of all. */
const ITEMS_MAX = 1_000;

/** The plan as programs get it. */
export function summarisePlan(plan: MigrationPlan): Readonly<Record<string, unknown>> {
  const { moving, toSend, sentBefore, repeated, staying, lacking } = plan;
  return {
    counts: {
      runs: moving.length,
      events: toSend.length,
      sentBefore: sentBefore.length,
      repeated: repeated.length,
      staying: staying.length,
    },
    moving: moving.slice(0, ITEMS_MAX).map(({ run, ...rest }) => ({ ...shortRun(run), ...rest })),
    repeated: repeated
      .slice(0, ITEMS_MAX)
      .map(({ run, eventId }) => ({ eventId, ...shortRun(run) })),
    staying: staying.slice(0, ITEMS_MAX).map(({ run, reason }) => ({ ...shortRun(run), reason })),
    lacking,
  };
}

function shortRun({ id, app, function: fn, status }: Run): Readonly<Record<string, string>> {
  return { runId: id, appId: app.id, functionId: fn.id, status };
}
