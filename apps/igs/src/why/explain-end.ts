import type { RunFacts, StepFacts } from "./facts.ts";
import type { OfRun, RunFinding } from "./finding.ts";

/** How a run ended, and why. `explain` tells of the runs that it had invoked. */
export function explainEnd(
  facts: RunFacts,
  explain: (invoked: RunFacts) => readonly RunFinding[],
): readonly RunFinding[] {
  const { run } = facts;
  const of: OfRun = { runId: run.id, functionId: run.function.id };
  switch (run.status) {
    case "FAILED":
      return [...causesBelow(facts, explain), failure(facts, of)];
    case "CANCELLED":
      return [{ kind: "cancelled", ...of, reason: facts.cancelReason, at: run.endedAt ?? null }];
    case "SKIPPED": {
      const rerun = `igs rerun ${run.id}`;
      return [{ kind: "skipped", ...of, because: whySkipped(facts), rerun }];
    }
    default:
      return [{ kind: "completed", ...of, durationMs: run.durationMs ?? null }];
  }
}

/** The runs whose failure a step of this one was told as its own. */
function causesBelow(
  { steps, invoked }: RunFacts,
  explain: (invoked: RunFacts) => readonly RunFinding[],
): readonly RunFinding[] {
  return steps
    .filter(({ op, status }) => op === "INVOKE" && status === "FAILED")
    .flatMap(({ stepId }) => invoked.get(stepId) ?? [])
    .filter(({ run }) => run.status !== "COMPLETED")
    .flatMap(explain);
}

function failure({ run, error, steps }: RunFacts, of: OfRun): RunFinding {
  const step = steps.findLast(({ status }) => status === "FAILED");
  const message = error ?? step?.failedErrors.at(-1);
  return {
    kind: "failed",
    ...of,
    step: step?.name ?? null,
    attempts: Math.max(1, step?.failedErrors.length ?? 1),
    error: message ? `${message.name}: ${message.message}` : "it failed without a message",
    at: run.endedAt ?? null,
    isFirstCause: false,
    rerun: rerunCommand(run.id, step, steps),
  };
}

/** From the step that failed, where there are results before it that are worth keeping. */
function rerunCommand(
  runId: string,
  failed: StepFacts | undefined,
  steps: readonly StepFacts[],
): string {
  const hasResults = steps.some(({ status }) => status === "COMPLETED");
  if (!failed || !hasResults) return `igs rerun ${runId}`;
  const name = /^[\w:.-]+$/.test(failed.name)
    ? failed.name
    : `'${failed.name.replaceAll("'", `'\\''`)}'`;
  return `igs rerun ${runId} --from-step ${name}`;
}

/** A function that is paused by now was so then when its pause is older than the run. */
function whySkipped({ run, fn, start }: RunFacts): "paused" | "singleton" | null {
  if (fn?.pause && Date.parse(fn.pause.pausedAt) <= Date.parse(run.queuedAt)) return "paused";
  return start?.flowControl?.singleton?.mode === "skip" ? "singleton" : null;
}
