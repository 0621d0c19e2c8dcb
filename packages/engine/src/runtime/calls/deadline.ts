import type { Clock } from "../clock.ts";

export interface Deadline {
  /** Aborts with a `TimeoutError` when the time is over. */
  readonly signal: AbortSignal;
  /** What had the deadline is done. */
  readonly end: () => void;
}

/**
 * As `AbortSignal.timeout`, by the engine's own clock, so that tests own the time. A clock that is set, or a
 * computer's sleep, leaves a call its time.
 */
export function startDeadline(clock: Clock, timeoutMs: number): Deadline {
  const controller = new AbortController();
  const end = clock.wakeAfter(timeoutMs, () => {
    controller.abort(new DOMException("The operation timed out.", "TimeoutError"));
  });
  return { signal: controller.signal, end };
}
