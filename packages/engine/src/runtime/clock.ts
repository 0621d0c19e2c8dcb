/** Time comes in from outside, so that tests own it. */
export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
  /** Runs `wake` once at the moment, or at once for one that has passed. Returns what cancels it. */
  wakeAt(atMs: number, wake: () => void): () => void;
  /** Runs `wake` once after so much time, however the clock is set meanwhile. Returns what cancels it. */
  wakeAfter(delayMs: number, wake: () => void): () => void;
  /** Tells each time that the clock was set back, within a minute. Returns what ends that. */
  onSetBack(tell: () => void): () => void;
}

export interface ClockSource {
  readonly nowMs: () => number;
  /** Like `setTimeout`; returns what cancels it. */
  readonly startTimer: (wake: () => void, delayMs: number) => () => void;
}

/**
 * Timers stand still while a computer sleeps, know nothing of a clock that is set, and fire at once when
 * they are longer than 2^31 ms. So a long wait looks at the clock from time to time.
 */
const LOOK_AGAIN_MS = 60_000;

/** A clock of moments on the wall, whatever happens to the timers that it is made of. */
export function createClock({ nowMs, startTimer }: ClockSource): Clock {
  return {
    nowMs,
    wakeAt(atMs, wake) {
      let cancelTimer = (): void => {};
      const look = (): void => {
        const delayMs = Math.min(Math.max(atMs - nowMs(), 0), LOOK_AGAIN_MS);
        cancelTimer = startTimer(() => (nowMs() >= atMs ? wake() : look()), delayMs);
      };
      look();
      return () => cancelTimer();
    },
    wakeAfter: (delayMs, wake) => startTimer(wake, delayMs),
    onSetBack(tell) {
      let seenAtMs = nowMs();
      let cancelTimer = (): void => {};
      const look = (): void => {
        const wasSetBack = nowMs() < seenAtMs;
        seenAtMs = nowMs();
        cancelTimer = startTimer(look, LOOK_AGAIN_MS);
        if (wasSetBack) tell();
      };
      look();
      return () => cancelTimer();
    },
  };
}

export const systemClock: Clock = createClock({
  nowMs: () => Date.now(),
  startTimer(wake, delayMs) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
});
