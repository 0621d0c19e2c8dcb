import type { RunRow } from "../evidence.ts";
import { type FunctionModel, modelOf } from "../model.ts";
import type { EvidenceIndex } from "./evidence-index.ts";
import type { Violation } from "./violation.ts";

/** Each run has ended, as the model of its function says. */
export function checkRuns(evidence: EvidenceIndex): readonly Violation[] {
  const { quietAtMs } = evidence.all;
  return evidence.all.runs.flatMap((run): readonly Violation[] => {
    const { id, functionId, status, endedAtMs, queuedAtMs } = run;
    // Schedules go on to the end.
    if (endedAtMs === null && queuedAtMs >= quietAtMs) return [];
    const detail = `${status} ${functionId} ${id}`;
    if (endedAtMs === null) return [{ rule: "run stuck", detail }];
    const model = modelOf(functionId);
    if (!model.endings.some((ending) => ending === status)) {
      return [{ rule: "run ended wrongly", detail }];
    }
    return [
      ...checkAttempts(evidence, run, model),
      ...(status === "COMPLETED" ? checkCompleted(evidence, run, model) : []),
    ];
  });
}

function checkCompleted(
  evidence: EvidenceIndex,
  run: RunRow,
  { steps, value }: FunctionModel,
): readonly Violation[] {
  const stored = evidence.stepsOf(run);
  const data = evidence.eventOf(run)?.data ?? {};
  const expected = value?.({ n: 0, request: "", ...data });
  const output = JSON.stringify(run.output?.value);
  const tokens = new Set(stored.map(({ token }) => token));
  const used = run.output?.seen ?? [];
  return [
    ...steps
      .filter((name) => !stored.some((step) => step.name === name && step.status !== "open"))
      .map(
        (name): Violation => ({
          rule: "step missing",
          detail: `${run.functionId} ${run.id} ${name}`,
        }),
      ),
    ...(value && output !== JSON.stringify(expected)
      ? [{ rule: "wrong output", detail: `${run.functionId} ${run.id}: ${output}` } as const]
      : []),
    ...used
      .filter((token) => !tokens.has(token))
      .map(
        (token): Violation => ({
          rule: "result used but not stored",
          detail: `${run.id} ${token}`,
        }),
      ),
  ];
}

function checkAttempts(
  evidence: EvidenceIndex,
  run: RunRow,
  { failedAttempts }: FunctionModel,
): readonly Violation[] {
  if (failedAttempts === undefined) return [];
  const count = evidence.failedAttemptsOf(run);
  if (count === failedAttempts) return [];
  return [
    { rule: "run ended wrongly", detail: `${run.functionId} ${run.id}: ${count} failed attempts` },
  ];
}
