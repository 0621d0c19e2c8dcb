import type { Span } from "./awake-spans.ts";
import { nextDueMs } from "./cron-times.ts";

export interface ScheduleQuestion {
  readonly crons: readonly string[];
  /** Due times up to this moment don't count: it was last heard of then, or is not older. */
  readonly afterMs: number;
  /** Due times after this moment may still be under way. */
  readonly untilMs: number;
  readonly awake: readonly Span[];
  /** Enough to know. */
  readonly countMax: number;
}

/** Times at which a function was due while the bus was on, oldest first. */
export function findMissedTimes(question: ScheduleQuestion): readonly number[] {
  const missed: number[] = [];
  for (const span of question.awake) {
    let atMs = Math.max(span.fromMs - 1, question.afterMs);
    const untilMs = Math.min(span.toMs, question.untilMs);
    while (atMs < untilMs && missed.length < question.countMax) {
      const dueMs = firstDueMs(question.crons, atMs);
      if (dueMs === null || dueMs > untilMs) break;
      missed.push(dueMs);
      atMs = dueMs;
    }
  }
  return missed;
}

function firstDueMs(crons: readonly string[], afterMs: number): number | null {
  const times = crons.map((cron) => nextDueMs(cron, afterMs)).filter((ms) => ms !== null);
  return times.length === 0 ? null : Math.min(...times);
}
