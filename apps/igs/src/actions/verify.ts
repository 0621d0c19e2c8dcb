import { createAction } from "../action.ts";
import type { NextAction } from "../output/envelope.ts";
import type { Failure } from "../output/failure.ts";
import type { CheckResult } from "../verify/check-result.ts";
import { openVerifyScene, type VerifyFlags } from "../verify/open-verify-scene.ts";
import { summarizeChecks } from "../verify/render-checks.ts";
import { runChecks } from "../verify/run-checks.ts";

export const verify = createAction<VerifyFlags>("verify", async ({ io, context }, flags) => {
  const signal = context.listenForStop();
  const scene = await openVerifyScene({ io, context }, flags, signal);
  const checks = await runChecks(scene);
  const summary = summarizeChecks(checks);
  const failure = signal.aborted ? interrupted(summary) : findFailure(checks, summary);
  return {
    result: { checks, summary },
    text: signal.aborted ? "" : `\n${summary}`,
    nextActions: nextActionsFor(checks),
    ...(failure ? { failure, isFailureInText: !signal.aborted } : {}),
  };
});

function interrupted(summary: string): Failure {
  return {
    code: "interrupted",
    message: `Stopped: ${summary} so far. The bus runs on.`,
    fix: "`igs verify` begins anew.",
  };
}

function findFailure(checks: readonly CheckResult[], summary: string): Failure | null {
  const broken = checks.find(({ state }) => state === "failed");
  if (broken?.state !== "failed") return null;
  return { code: "unhealthy", message: `${summary}: ${broken.text}.`, fix: broken.cure };
}

function nextActionsFor(checks: readonly CheckResult[]): readonly NextAction[] {
  const isWell = checks.every(({ state }) => state !== "failed");
  if (isWell) return [{ command: "igs schema", description: "The events that can be sent" }];
  return [{ command: "igs status", description: "Engine, worker, vault and log at a glance" }];
}
