import { setTimeout as sleepFor } from "node:timers/promises";

/** Time as the worker's own loops see it, so that tests own it. */
export interface Clock {
  nowMs(): number;
  /** Returns early, without an error, when the signal aborts. */
  sleepMs(durationMs: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // It rejects when the signal aborts, and never else.
  sleepMs: (durationMs, signal) => sleepFor(durationMs, undefined, { signal }).catch(() => {}),
};
