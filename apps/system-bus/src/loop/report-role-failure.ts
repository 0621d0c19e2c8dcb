// A role that fails for good must not leave a loop that looks alive: the loop is paused, and its person
// is told. Whatever was wrong, `igs loop resume` goes on where it was.

import type { BusEvent } from "@system-bus/events";
import { findClaimOf, loadLoop, releaseClaim } from "@system-bus/loops";
import { z } from "zod";
import { type FailedRun, failureEvent } from "../system/report-failure.ts";
import type { LoopDeps } from "./loop-deps.ts";
import { pauseLoop } from "./pause-loop.ts";

const Named = z.object({ loopId: z.string() });

interface FailureStep {
  run<T>(id: string, work: () => Promise<T>): Promise<unknown>;
  sendEvent(id: string, events: BusEvent[]): Promise<unknown>;
}

export function reportRoleFailure(functionId: string, deps: LoopDeps) {
  return async ({ event, error, step }: FailedRun & { readonly step: FailureStep }) => {
    const { run_id: runId, event: cause } = event.data;
    const named = Named.safeParse(cause.data);
    const subjectOf = () => (named.success ? named.data.loopId : undefined);
    const failed = failureEvent({ functionId, runId, cause, error: error.message, subjectOf });
    const paused = named.success
      ? // Of this step's own return value, by way of JSON.
        ((await step.run("pause", () =>
          pauseFailed(deps, { loopId: named.data.loopId, runId, functionId, error: error.message }),
        )) as BusEvent | null)
      : null;
    await step.sendEvent("report-failure", paused === null ? [failed] : [failed, paused]);
  };
}

interface FailedRole {
  readonly loopId: string;
  readonly runId: string;
  readonly functionId: string;
  readonly error: string;
}

async function pauseFailed(
  deps: LoopDeps,
  { loopId, runId, functionId, error }: FailedRole,
): Promise<BusEvent | null> {
  const loop = await loadLoop(deps.loopsFolder, loopId, deps.nowMs());
  if (loop === null) {
    // It was refused before it had begun: its project is free for the next.
    const project = await findClaimOf(deps.loopsFolder, loopId);
    if (project !== null) await releaseClaim(deps.loopsFolder, { project, loopId });
    return null;
  }
  if (loop.state.ended !== null) return null;
  const reason = `${functionId} failed: ${error.slice(0, 1_000)} — \`igs run ${runId}\` shows it, \`igs loop resume ${loopId}\` goes on`;
  return pauseLoop(deps, loop, { cause: "trouble", reason });
}
