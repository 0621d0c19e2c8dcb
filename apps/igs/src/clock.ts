/** Time, from outside, so that tests own it. */
export interface Clock {
  nowMs(): number;
  /** Resolves early when the signal aborts. */
  sleepMs(durationMs: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleepMs(durationMs, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, durationMs);
      signal.addEventListener("abort", wake);
    });
  },
};
