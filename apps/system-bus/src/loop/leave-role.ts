import type { LoopStep } from "./loop-deps.ts";
import type { AgentEnd } from "./run-role-agent.ts";

/** A role whose loop stands still or is over: its event is sent, if there is one, and nothing follows. */
export async function leaveRole(
  step: LoopStep,
  { reason, event }: Extract<AgentEnd, { kind: "left" }>,
): Promise<{ readonly left: string }> {
  if (event !== null) await step.sendEvent("emit-events", [event]);
  return { left: reason };
}
