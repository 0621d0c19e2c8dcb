// What is told of a run while it goes on, to those who listen.

import type { Change } from "./change.ts";
import type { Run, RunStatus } from "./run.ts";
import { STEP_OP_NAMES, type StepOpName } from "./step-op-name.ts";

export type RunUpdate =
  | {
      readonly kind: "event";
      readonly eventId: string;
      readonly name: string;
      readonly atMs: number;
    }
  | {
      readonly kind: "run";
      readonly runId: string;
      readonly functionId: string;
      readonly eventId: string;
      readonly status: RunStatus;
      /** JSON: the result or the error of a run that has ended. */
      readonly outputJson: string | null;
      readonly atMs: number;
    }
  | {
      readonly kind: "step";
      readonly runId: string;
      readonly functionId: string;
      /** Empty for a failed attempt of the function itself. */
      readonly stepId: string;
      /** Null when a step that was told of before is settled. */
      readonly name: string | null;
      readonly op: StepOpName | null;
      readonly status: StepUpdateStatus;
      /** Index, from 0. */
      readonly attempt: number;
      readonly atMs: number;
    };

const STEP_STATUSES = {
  open: "OPEN",
  completed: "COMPLETED",
  failed: "FAILED",
  "timed-out": "TIMED_OUT",
} as const;

/** `ATTEMPT_FAILED`: it will be tried again. */
type StepUpdateStatus = (typeof STEP_STATUSES)[keyof typeof STEP_STATUSES] | "ATTEMPT_FAILED";

type UpdatedRun = Pick<Run, "id" | "functionId" | "eventInternalId">;

/** What a decision's changes are to those who listen, in their order. */
export function updatesOf(
  run: UpdatedRun,
  changes: readonly Change[],
  atMs: number,
): readonly RunUpdate[] {
  return changes.flatMap((change) => updateOf(run, change, atMs) ?? []);
}

export function runUpdate(
  { id: runId, functionId, eventInternalId: eventId }: UpdatedRun,
  status: RunStatus,
  { atMs, outputJson = null }: { readonly atMs: number; readonly outputJson?: string | null },
): RunUpdate {
  return { kind: "run", runId, functionId, eventId, status, outputJson, atMs };
}

function updateOf(run: UpdatedRun, change: Change, atMs: number): RunUpdate | null {
  const about = { kind: "step", runId: run.id, functionId: run.functionId, atMs } as const;
  switch (change.kind) {
    case "add-step": {
      const { stepId, name, kind, status, attempt } = change.step;
      const op = STEP_OP_NAMES[kind];
      return { ...about, stepId, name, op, status: STEP_STATUSES[status], attempt };
    }
    case "settle-step": {
      const { stepId, status, attempt } = change.settlement;
      return { ...about, stepId, name: null, op: null, status: STEP_STATUSES[status], attempt };
    }
    case "record-attempt": {
      const { stepId, name, attempt } = change.attempt;
      return { ...about, stepId, name, op: null, status: "ATTEMPT_FAILED", attempt };
    }
    case "end-run": {
      const { status, outputJson, endedAtMs } = change.ending;
      return runUpdate(run, status, { atMs: endedAtMs, outputJson });
    }
    default:
      return null;
  }
}
