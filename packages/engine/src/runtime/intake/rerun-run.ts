import { createHash } from "node:crypto";
import { decideRerun, planWithInput, type RerunStart } from "../../core/decide-rerun.ts";
import { EngineError } from "../../core/errors.ts";
import type { Transition } from "../transition.ts";
import { type RunStart, startRun } from "./start-run.ts";

/** Starts a new run that has the results of the old one's earlier steps. Throws before anything is written. */
export function rerunFromStep(
  transition: Transition,
  start: RunStart & { readonly rerunOf: string },
  from: RerunStart,
): string {
  const { store } = transition.deps;
  const { nowMs } = transition;
  const plan = decideRerun(store.steps.loadRan(start.rerunOf), from, sdkHashOf);
  if (plan.kind !== "planned") {
    const code = plan.kind === "unknown-step" ? "NOT_FOUND" : "INPUT_INVALID";
    throw new EngineError(code, `Run ${start.rerunOf} ${plan.problem}`);
  }
  const runId = startRun(transition, start);
  const kept = { toRunId: runId, beforePosition: plan.keptBefore, atMs: nowMs };
  store.steps.copySettled(start.rerunOf, kept);
  const run = store.runs.find(runId);
  if (run && from.input !== undefined) {
    const { lastPosition } = store.steps.loadKnown(runId);
    transition.apply(run, planWithInput({ runId, nowMs, lastPosition }, plan.step, from.input));
  }
  return runId;
}

/** How SDKs make the ids of steps from those that people write. Protocol notes, section 1.5. */
function sdkHashOf(id: string): string {
  return createHash("sha1").update(id).digest("hex");
}
