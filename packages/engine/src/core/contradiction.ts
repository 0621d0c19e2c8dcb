import type { OpBase, StepOp } from "./outcome.ts";
import type { RunView } from "./run.ts";

/** What the SDK will be given for a step that it ran. */
export function stepValueJson(
  op: Extract<StepOp, { readonly kind: "step-done" | "step-error" }>,
): string {
  return JSON.stringify(op.kind === "step-done" ? { data: op.data ?? null } : { error: op.error });
}

/**
 * The step that a call has run although another result of it is stored. So it is when something between
 * engine and app has sent one call twice and both were carried out: all that the second one did after that
 * step is made from a result that counts for nothing. Null when the call and the store agree.
 */
export function findContradiction(
  run: RunView,
  ops: readonly StepOp[],
  findValueJson: (stepId: string) => string | null,
): OpBase | null {
  for (const op of ops) {
    if (op.kind !== "step-done" && op.kind !== "step-error") continue;
    if ((run.steps.get(op.id)?.status ?? "open") === "open") continue;
    if (findValueJson(op.id) !== stepValueJson(op)) return op;
  }
  return null;
}
