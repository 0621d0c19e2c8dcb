import type { Change } from "./change.ts";
import { addOp, type OpContext } from "./decide-op.ts";
import type { StepOp } from "./outcome.ts";
import type { RunView } from "./run.ts";
import { RunDraft } from "./run-draft.ts";

/**
 * What a checkpoint of a call in flight makes of its run (protocol notes, section 1.7): the steps are
 * stored and nothing is enqueued for them, because the call that made them goes on.
 */
export function decideCheckpoint(
  run: RunView,
  ops: readonly StepOp[],
  context: OpContext & { readonly nowMs: number },
): Change[] {
  // The call's own discovery item exists while it runs, so that no step asks for another (D1).
  const draft = new RunDraft({ ...run, hasDiscovery: true }, context.nowMs, context.call);
  for (const op of ops) addOp(draft, op, context);
  if (context.item.attempt > 0) {
    draft.changes.push({ kind: "reset-attempt", itemId: context.item.id });
  }
  return draft.changes;
}
