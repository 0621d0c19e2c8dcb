import type { MetadataUpdate } from "./metadata.ts";
import { readModelUsage } from "./model-usage.ts";
import type { StepOp } from "./outcome.ts";
import type { RunDraft } from "./run-draft.ts";

/**
 * Adds what an op says of its step beside the result. To be called before the op itself is: one that
 * comes twice, in a checkpoint and in the answer, counts once.
 */
export function addMetadata(draft: RunDraft, op: StepOp, attempt: number): void {
  if (op.metadata === undefined && !isWrappedModel(op)) return;
  const status = draft.findStep(op.id)?.status ?? "open";
  const updates = [...wrappedUsage(op), ...(op.metadata ?? [])];
  if (status !== "open" || updates.length === 0) return;
  const target = { stepId: op.id, attempt, spanId: "" };
  draft.changes.push({ kind: "update-metadata", target, updates });
}

type ModelOp = Extract<StepOp, { kind: "step-done" }>;

function isWrappedModel(op: StepOp): op is ModelOp {
  return op.kind === "step-done" && op.opType === "step.ai.wrap";
}

/** `step.ai.wrap` returns what the model's own client returned, which mostly tells the tokens. */
function wrappedUsage(op: StepOp): readonly MetadataUpdate[] {
  return isWrappedModel(op) ? modelMetadata(readModelUsage(op.data)) : [];
}

/** The entry of a model's usage, as the SDK names it; none where the answer tells nothing. */
export function modelMetadata(values: MetadataUpdate["values"] | null): readonly MetadataUpdate[] {
  return values === null ? [] : [{ scope: "step", kind: "inngest.ai", operation: "set", values }];
}
