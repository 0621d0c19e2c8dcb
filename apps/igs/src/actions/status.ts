import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { Failure } from "../output/failure.ts";
import { lookAtStatus } from "../status/look-at-status.ts";
import { renderStatus } from "../status/render-status.ts";
import { findProblems, type Problem, type StatusFindings } from "../status/status-report.ts";

export const status = createAction<ConnectionFlags>("status", async ({ io, context }, flags) => {
  const findings = await lookAtStatus(connect(context, flags), Date.now());
  const problems = findProblems(findings);
  const failure = judge(findings, problems);
  const runs = { command: "igs runs", description: "What ran last" };
  const doctor = { command: "igs doctor", description: "Looks at more, and names each cure" };
  return {
    result: { ...findings, problems },
    text: renderStatus(findings, problems, io.paint),
    nextActions: problems.length === 0 ? [runs] : [doctor, runs],
    ...(failure ? { failure, isFailureInText: true } : {}),
  };
});

function judge(findings: StatusFindings, problems: readonly Problem[]): Failure | null {
  const [worst] = problems;
  if (!worst) return null;
  const hasEngine = findings.engine.kind === "embedded" || findings.engine.kind === "inngest";
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return {
    code: hasEngine ? "unhealthy" : "unreachable",
    message: `${count}: ${worst.problem}`,
    fix: worst.fix,
  };
}
