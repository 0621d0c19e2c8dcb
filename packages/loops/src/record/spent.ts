import type { AttemptLine } from "./attempt-line.ts";
import { firstOfEachKey } from "./first-of-each-key.ts";
import type { Spent } from "./loop-state.ts";

/** What the agents of a loop have used up, whatever their runs came to. */
export function sumSpent(lines: readonly AttemptLine[]): Spent {
  const runs = firstOfEachKey(lines).filter((line) => line.type === "agent");
  return {
    agentRuns: runs.length,
    inputTokens: sum(runs.map(({ inputTokens }) => inputTokens)),
    outputTokens: sum(runs.map(({ outputTokens }) => outputTokens)),
    costUsd: sum(runs.map(({ costUsd }) => costUsd ?? 0)),
    unpricedRuns: runs.filter(({ costUsd }) => costUsd === null).length,
  };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
