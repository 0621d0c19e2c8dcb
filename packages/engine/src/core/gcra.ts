// The generic cell rate algorithm: one moment per key says how far its allowance is used up.
//
// Invariants:
//   R1. In any stretch of time T at most `burst + 1 + T / (periodMs / limit)` are admitted.
//   R2. Who is refused uses nothing up, and is told from when on it would be admitted.
//   R3. A moment that has passed is as good as none.
//   R4. So is one that no decision of the last minute could have left: the clock was set back since, or the
//       rate was another one.

export interface Rate {
  readonly limit: number;
  readonly periodMs: number;
  /** How many may come at once beside the first; the rest are spread evenly over the period. */
  readonly burst: number;
}

/** Sums of fractions of a moment are off by a little; without this the last of a burst came too early. */
const ROUNDING_MS = 0.01;

export type GcraDecision =
  | { readonly isAdmitted: true; readonly usedUntilMs: number }
  | { readonly isAdmitted: false; readonly freeAtMs: number };

/** Clocks are put right by a little all the time: so much is not worth forgetting a mark for (R4). */
const SET_BACK_MIN_MS = 60_000;

export function decideGcra(rate: Rate, usedUntilMs: number | null, nowMs: number): GcraDecision {
  const intervalMs = rate.periodMs / rate.limit;
  const latestMs = nowMs + intervalMs * (rate.burst + 1) + SET_BACK_MIN_MS;
  const isSaid = usedUntilMs !== null && usedUntilMs > nowMs && usedUntilMs <= latestMs;
  const nextMs = (isSaid ? usedUntilMs : nowMs) + intervalMs;
  const freeAtMs = nextMs - intervalMs * (rate.burst + 1);
  return freeAtMs <= nowMs + ROUNDING_MS
    ? { isAdmitted: true, usedUntilMs: nextMs }
    : { isAdmitted: false, freeAtMs };
}
