/** Time comes in from outside, so that tests own it. */
export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
  /** Runs `wake` once at the moment, or at once for one that has passed. Returns what cancels it. */
  wakeAt(atMs: number, wake: () => void): () => void;
}

/** A longer timer fires at once in JavaScript; the scheduler asks again when a shorter one fires. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  wakeAt(atMs, wake) {
    const delayMs = Math.min(Math.max(atMs - Date.now(), 0), TIMER_MS_MAX);
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};
