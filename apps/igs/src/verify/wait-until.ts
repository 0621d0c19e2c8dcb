import { InngestApiError } from "@system-bus/inngest-api";
import type { Clock } from "../clock.ts";

export interface WaitScene {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const LOOK_GAP_MS = 50;

/**
 * Looks until there is something to see; null when `boundMs` are over or the signal was aborted. An engine
 * that doesn't answer, and an event or run that it doesn't show yet, count as nothing to see.
 */
export async function waitUntil<T>(
  { clock, signal }: WaitScene,
  boundMs: number,
  look: () => Promise<T | null>,
): Promise<T | null> {
  const giveUpAtMs = clock.nowMs() + boundMs;
  for (;;) {
    if (signal.aborted) return null;
    const seen = await look().catch(nothingYet);
    if (seen !== null) return seen;
    if (clock.nowMs() >= giveUpAtMs) return null;
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
}

function nothingYet(error: unknown): null {
  const isForNow =
    error instanceof InngestApiError && ["unreachable", "server", "not-found"].includes(error.code);
  if (isForNow) return null;
  throw error;
}
