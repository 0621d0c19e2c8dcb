export interface Clock {
  /** Wall time, for what people read and for ages that outlive a process. */
  nowMs(): number;
  /** Time that only moves forward, and not while the machine sleeps: for limits and graces. */
  steadyMs(): number;
  sleepMs(durationMs: number): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  sleepMs: (durationMs) => Bun.sleep(durationMs),
};
