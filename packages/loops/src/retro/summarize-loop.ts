import type { Prd } from "../prd/read-prd.ts";
import type { AttemptLine } from "../record/attempt-line.ts";
import type { LoopState, Spent } from "../record/loop-state.ts";

/** What a loop has come to, as it is loaded. */
export interface LoopAccount {
  readonly prd: Prd;
  readonly state: LoopState;
  readonly attempts: readonly AttemptLine[];
  readonly spent: Spent;
}

const CHARS_MAX = 1_000;

/** A loop in one line: “Slugs: 2 of 3 stories passed in 5 attempts; 31 minutes, 0.42 US dollars”. */
export function summarizeLoop({ prd, state, spent }: Omit<LoopAccount, "attempts">): string {
  const passed = state.stories.filter(({ status }) => status === "passed").length;
  const attempts = state.stories.reduce((sum, { lastAttempt }) => sum + lastAttempt, 0);
  const stories = `${passed} of ${count(state.stories.length, "story", "stories")} passed`;
  const cancelled = state.cancelled === null ? "" : ", then cancelled";
  const used = `${formatMinutes(state.elapsedMs)}, ${formatCost(spent.costUsd, spent.unpricedRuns)}`;
  const figures = `: ${stories} in ${count(attempts, "attempt", "attempts")}${cancelled}; ${used}`;
  return `${prd.title.slice(0, CHARS_MAX - figures.length)}${figures}`;
}

export function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

export function formatMinutes(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return count(minutes, "minute", "minutes");
  return `${Math.round(minutes / 6) / 10} hours`;
}

/** What nobody can price is said, never taken for nothing. */
export function formatCost(usd: number, unpricedRuns: number): string {
  const known = `${usd.toFixed(2)} US dollars`;
  if (unpricedRuns === 0) return known;
  const runs = count(unpricedRuns, "run", "runs");
  return usd === 0 ? `cost unknown (${runs})` : `${known} and ${runs} of unknown cost`;
}
