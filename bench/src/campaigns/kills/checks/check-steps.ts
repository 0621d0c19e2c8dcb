import type { RunRow, StepRow } from "../evidence.ts";
import type { Execution } from "../witness.ts";
import type { EvidenceIndex } from "./evidence-index.ts";
import type { Violation } from "./violation.ts";

/** A call that began so much later than a step's end, and carried the step out again, was not told of it. */
const TOLD_WITHIN_MS = 1_000;

/**
 * No step is stored twice, and what later steps were given is what was stored: each execution's token says
 * whose result it was.
 */
export function checkSteps(evidence: EvidenceIndex): readonly Violation[] {
  return [
    ...evidence.all.runs.flatMap((run) => checkStepsOf(evidence, run)),
    ...evidence.all.executions
      .filter(({ runId }) => !evidence.runsById.has(runId))
      .map(
        ({ runId }): Violation => ({ rule: "run missing", detail: `${runId}, which was called` }),
      ),
  ];
}

function checkStepsOf(evidence: EvidenceIndex, run: RunRow): readonly Violation[] {
  const stored = evidence.stepsOf(run);
  const executions = evidence.executionsOf(run);
  const executed = new Set(executions.map(({ token }) => token));
  const tokens = new Set(stored.map(({ token }) => token));
  const at = (step: string) => `${run.functionId} ${run.id} ${step}`;
  const fromNobody = stored.filter(({ token }) => token !== null && !executed.has(token));
  const misled = executions.filter(({ seen }) => seen.some((token) => !tokens.has(token)));
  const late = executions.filter((execution) => isLate(execution, run, stored));
  return [
    ...[...Map.groupBy(stored, ({ name }) => name)]
      .filter(([, rows]) => rows.length > 1)
      .map(([name]): Violation => ({ rule: "step stored twice", detail: at(name) })),
    ...fromNobody.map(
      ({ name }): Violation => ({ rule: "wrong output", detail: `${at(name)}, of nobody` }),
    ),
    ...misled.map(
      ({ stepId }): Violation => ({ rule: "result used but not stored", detail: at(stepId) }),
    ),
    ...late.map(({ stepId }): Violation => ({ rule: "stored step run again", detail: at(stepId) })),
  ];
}

/** The call began when the step was stored already, or the run was over. */
function isLate(
  { stepId, calledAtMs }: Execution,
  { endedAtMs }: RunRow,
  stored: readonly StepRow[],
): boolean {
  const storedAtMs = stored.find(({ name }) => name === stepId)?.endedAtMs;
  return [storedAtMs, endedAtMs].some(
    (atMs) => typeof atMs === "number" && calledAtMs > atMs + TOLD_WITHIN_MS,
  );
}
