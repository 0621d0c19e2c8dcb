import type { Caps, CheckResult, FactOf, LockedTests, PauseCause } from "./fact.ts";

/**
 * `waiting`: begun, nothing planned yet. `cancelled` as soon as a person has said so, and for good;
 * unless it had ended before.
 */
export type LoopStatus = "waiting" | "running" | "paused" | "cancelled" | "ended";

/**
 * `open`: may be planned. `active`: an attempt is under way; after a PASS, too, until its commit is
 * published, which makes it `passed`. `later`: waits for the others, as the
 * judge has found. `needs-human`: undecided. `skipped`: a story that it depends on has failed.
 */
export type StoryStatus =
  | "open"
  | "active"
  | "later"
  | "needs-human"
  | "passed"
  | "failed"
  | "skipped";

export interface StoryState {
  readonly id: string;
  readonly status: StoryStatus;
  /**
   * Attempts at the code since it was last reopened by a person: what `attemptsMax` caps. One that
   * holds the same code to new tests is not counted.
   */
  readonly attemptCount: number;
  /** Of all attempts, for ids: never goes back. */
  readonly lastAttempt: number;
  readonly planned: FactOf<"planned"> | null;
  readonly implemented: FactOf<"implemented"> | null;
  readonly reviewed: FactOf<"reviewed"> | null;
  /** All verdicts, the oldest first; `lastVerdict` finds the one that counts. */
  readonly verdicts: readonly FactOf<"judged">[];
  /** The tests that hold for it now; null before the first review, or when they were found bad. */
  readonly locked: LockedTests | null;
  readonly testRounds: number;
  readonly published: FactOf<"published"> | null;
}

export interface LoopState {
  readonly loopId: string;
  readonly begun: FactOf<"begun">;
  readonly status: LoopStatus;
  readonly generation: number;
  readonly iteration: number;
  readonly caps: Caps;
  readonly baseline: readonly CheckResult[] | null;
  /** In the PRD's order. */
  readonly stories: readonly StoryState[];
  /** Head of the loop's branch: the last published commit, else where it began. */
  readonly head: string;
  readonly pause: {
    readonly cause: PauseCause;
    readonly reason: string;
    readonly until: string | null;
  } | null;
  readonly cancelled: FactOf<"cancelled"> | null;
  readonly ended: FactOf<"ended"> | null;
  readonly finished: FactOf<"finished"> | null;
  readonly retro: FactOf<"retro"> | null;
  /** From its beginning to `now` or its end, pauses left out. */
  readonly elapsedMs: number;
}

/** What the agents of a loop have used up. */
export interface Spent {
  readonly agentRuns: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Runs whose cost nobody can tell. */
  readonly unpricedRuns: number;
}
