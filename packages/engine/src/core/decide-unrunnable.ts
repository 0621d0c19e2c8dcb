import type { Change } from "./change.ts";

/**
 * For a run whose function was registered anew, with a problem, before the run could start: it fails with
 * that problem, where someone sees it and can repeat it once the function is mended.
 */
export function decideUnrunnable(problem: string, nowMs: number): Change[] {
  const message = `The function cannot run here: ${problem}`;
  const error = { name: "FunctionProblemError", message };
  const outputJson = JSON.stringify(error);
  return [{ kind: "end-run", ending: { status: "FAILED", outputJson, error, endedAtMs: nowMs } }];
}
