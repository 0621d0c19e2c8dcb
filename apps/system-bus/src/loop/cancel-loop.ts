import type { BusEvent, EventFields } from "@system-bus/events";
import { findClaimOf, loadLoop, markEarlyCancel, releaseClaim } from "@system-bus/loops";
import { appendFact } from "./append-fact.ts";
import type { LoopDeps } from "./loop-deps.ts";
import { loopEvent } from "./loop-event.ts";
import { completeEvent, type Planned } from "./plan-next.ts";

/**
 * The mark comes first: there may be no run at this moment, and each role looks for it at its entry and
 * before each run of an agent. The runs that there are, are ended by their `cancelOn`, and their programs
 * by `program-stop`.
 */
export async function cancelLoop(
  deps: LoopDeps,
  { loopId, reason, removeClone }: EventFields<"agent/loop.cancel">,
): Promise<Planned> {
  const loop = await loadLoop(deps.loopsFolder, loopId, deps.nowMs());
  if (loop === null) return cancelBeginning(deps, loopId);
  const { state } = loop;
  if (state.ended !== null && state.cancelled === null) {
    return { events: [], what: `The loop is over already: ${state.ended.outcome}` };
  }
  const { generation, begun } = state;
  const mark = { reason: reason ?? null, removeClone: removeClone === true };
  await appendFact(deps, loop, { kind: "cancelled", ...mark });
  await appendFact(deps, loop, { kind: "ended", generation, outcome: "cancelled" });
  const now = await loadLoop(deps.loopsFolder, loopId, deps.nowMs());
  if (now === null) throw new Error(`broken promise: the record of ${loopId} is there`);
  const data = {
    ...{ loopId, project: begun.project, generation },
    ...(reason === undefined ? {} : { reason }),
  };
  const told: BusEvent = loopEvent("agent/loop.cancelled", data, [generation]);
  return { events: [told, completeEvent(now)], what: "The loop is cancelled" };
}

/** It was still in its preflight, or never there. The mark first: see `early-cancel.ts` of packages/loops. */
async function cancelBeginning(deps: LoopDeps, loopId: string): Promise<Planned> {
  await markEarlyCancel(deps.loopsFolder, loopId);
  const project = await findClaimOf(deps.loopsFolder, loopId);
  if (project === null) return { events: [], what: `No loop ${loopId} is known here` };
  await releaseClaim(deps.loopsFolder, { project, loopId });
  return { events: [], what: "The loop is cancelled before it had begun" };
}
