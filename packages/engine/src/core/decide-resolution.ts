import type { Change } from "./change.ts";
import type { SerializedError } from "./outcome.ts";
import { stepItemId } from "./queue-item.ts";
import type { RunView } from "./run.ts";
import { RunDraft } from "./run-draft.ts";

/**
 * How an open step ended without a call to the SDK: its timer ran out, its event came, the run that it
 * invoked ended, or the model answered. `valueJson` is what the SDK is given for the step.
 */
export interface StepResolution {
  readonly stepId: string;
  readonly status: "completed" | "failed" | "timed-out";
  readonly valueJson: string;
  readonly attempt?: number;
  readonly startedAtMs?: number;
}

/** Settles the step, drops what else could settle it, and calls the function again. */
export function decideResolution(
  run: RunView,
  resolution: StepResolution,
  nowMs: number,
): Change[] {
  const { stepId, status, valueJson, attempt = 0, startedAtMs = null } = resolution;
  const draft = new RunDraft(run, nowMs);
  const step = draft.findStep(stepId);
  const isSettled = draft.settleStep({
    stepId,
    status,
    valueJson,
    attempt,
    startedAtMs,
    endedAtMs: nowMs,
  });
  for (const kind of ["sleep", "wait-timeout", "invoke-timeout", "ai"] as const) {
    draft.removeItem(stepItemId(run.runId, kind, stepId));
  }
  draft.changes.push({ kind: "remove-wait", stepId });
  if (isSettled) draft.discoverAfterStep(step?.isRace ?? false);
  return draft.changes;
}

/** What the SDK is given when the run that it invoked did not end in time. Protocol notes, 1.5. */
export function invokeTimeoutError(): SerializedError {
  return {
    name: "InngestInvokeTimeoutError",
    message: "Timed out waiting for invoked function to complete",
  };
}

/** The value of an `invoke` step, from how the invoked run ended. */
export function invokeValueJson(ending: {
  readonly outputJson: string;
  readonly error: SerializedError | null;
}): string {
  return ending.error === null
    ? `{"data":${ending.outputJson}}`
    : JSON.stringify({ error: ending.error });
}
