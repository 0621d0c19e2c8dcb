import { evaluateInteger } from "./expression/evaluate.ts";
import { shiftUlid } from "./ulid.ts";

/** As a running Inngest clamps them; its documentation promises ten minutes. */
const SECONDS_MAX = 12 * 60 * 60;

/**
 * A run's place in line: its id as if it had been made so many seconds earlier, or later when they are
 * negative. So a priority is worth a bounded time of waiting, and nobody waits for ever. Null without one:
 * then the id itself is the place.
 */
export function findRank(runId: string, expression: string, event: unknown): string | null {
  const seconds = evaluateInteger(expression, event) ?? 0;
  if (seconds === 0) return null;
  const clamped = Math.min(Math.max(seconds, -SECONDS_MAX), SECONDS_MAX);
  return shiftUlid(runId, -clamped * 1_000);
}
