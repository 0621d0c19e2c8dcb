import type { CallFacts } from "./call-facts.ts";
import type { Change } from "./change.ts";
import type { MetadataUpdate } from "./metadata.ts";
import type { SerializedError } from "./outcome.ts";
import { type QueueItemKind, stepItemId } from "./queue-item.ts";
import type { RunView, StepKind } from "./run.ts";
import { RunDraft } from "./run-draft.ts";

/**
 * How an open step ended without a call to the SDK: its timer ran out, its event or signal came, the run
 * that it invoked ended, or its HTTP request was answered. `valueJson` is what the SDK is given for it.
 */
export interface StepResolution {
  readonly stepId: string;
  readonly status: "completed" | "failed" | "timed-out";
  readonly valueJson: string;
  readonly attempt?: number;
  readonly startedAtMs?: number;
  readonly call?: CallFacts;
  readonly metadata?: readonly MetadataUpdate[];
}

/** Settles the step, drops what else could settle it, and calls the function again. */
export function decideResolution(
  run: RunView,
  resolution: StepResolution,
  nowMs: number,
): Change[] {
  const { stepId, status, valueJson, attempt = 0, startedAtMs = null, call } = resolution;
  const draft = new RunDraft(run, nowMs);
  const step = draft.findStep(stepId);
  const isSettled = draft.settleStep({
    stepId,
    status,
    valueJson,
    attempt,
    startedAtMs,
    endedAtMs: nowMs,
    ...(call && { call }),
  });
  if (!step) return draft.changes;
  if (isSettled && resolution.metadata) {
    const target = { stepId, attempt, spanId: "" };
    draft.changes.push({ kind: "update-metadata", target, updates: resolution.metadata });
  }
  const itemKind = ITEM_KINDS[step.kind];
  if (itemKind !== null) draft.removeItem(stepItemId(run.runId, itemKind, stepId));
  if (step.kind === "wait-for-event") draft.changes.push({ kind: "remove-wait", stepId });
  if (step.kind === "wait-for-signal") draft.changes.push({ kind: "remove-signal-wait", stepId });
  if (isSettled) draft.discoverAfterStep(step);
  return draft.changes;
}

/** The queue item that an open step of this kind has, and that ends it or makes it end. */
const ITEM_KINDS = {
  run: null,
  sleep: "sleep",
  "wait-for-event": "wait-timeout",
  "wait-for-signal": "signal-timeout",
  invoke: "invoke-timeout",
  "ai-gateway": "request",
  gateway: "request",
} as const satisfies Record<StepKind, QueueItemKind | null>;

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
