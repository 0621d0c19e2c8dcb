import type { RunRow, StepRow } from "../evidence.ts";
import type { Execution } from "../witness.ts";
import type { EvidenceIndex } from "./evidence-index.ts";
import type { Violation } from "./violation.ts";

/** A call of before a run's end may wait so long for a busy worker. */
const UNDERWAY_MS_MAX = 5_000;

/**
 * No step is stored twice, none is asked for after it was stored, and what later steps were given is what was
 * stored: each execution's token says whose result it was, its generation which call came first. A call
 * that a killed engine had made may be answered late; its result is used by nobody.
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
  const byToken = new Map(executions.map((execution) => [execution.token, execution]));
  const tokens = new Set(stored.map(({ token }) => token));
  const found = (rule: Violation["rule"], names: readonly string[]) =>
    names.map((name): Violation => ({ rule, detail: `${run.functionId} ${run.id} ${name}` }));
  const twice = [...Map.groupBy(stored, ({ name }) => name)].filter(([, rows]) => rows.length > 1);
  return [
    ...found(
      "step stored twice",
      twice.map(([name]) => name),
    ),
    ...found(
      "wrong output",
      stored.filter(({ token }) => token !== null && !byToken.has(token)).map(({ name }) => name),
    ),
    ...found(
      "result used but not stored",
      executions
        .filter(({ seen }) => seen.some((token) => !tokens.has(token)))
        .map(({ stepId }) => stepId),
    ),
    ...found(
      "stored step run again",
      executions
        .filter((execution) => isAskedAgain(execution, stored, byToken))
        .map(({ stepId }) => stepId),
    ),
    ...found("ended run went on", namesAfterEnd(run, stored, executions)),
  ];
}

/** The engine made the call after the one whose result it stored. */
function isAskedAgain(
  { stepId, generation }: Execution,
  stored: readonly StepRow[],
  byToken: ReadonlyMap<string, Execution>,
): boolean {
  const token = stored.find(({ name }) => name === stepId)?.token ?? "";
  const used = byToken.get(token);
  return used !== undefined && generation > used.generation;
}

function namesAfterEnd(
  { endedAtMs }: RunRow,
  stored: readonly StepRow[],
  executions: readonly Execution[],
): readonly string[] {
  if (endedAtMs === null) return [];
  const settled = stored.filter((step) => (step.endedAtMs ?? 0) > endedAtMs);
  const called = executions.filter(({ calledAtMs }) => calledAtMs > endedAtMs + UNDERWAY_MS_MAX);
  return [...settled.map(({ name }) => name), ...called.map(({ stepId }) => stepId)];
}
