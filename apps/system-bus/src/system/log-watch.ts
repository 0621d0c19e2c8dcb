import type { Clock } from "../clock.ts";

/**
 * Knows which milestones were told to the engine and have no line in the log yet. A log that stands
 * still while milestones go by is a fault that nobody would see otherwise.
 */
export interface LogWatch {
  /** A milestone was sent under this id. */
  expect(eventId: string): void;
  /** Its line is written. */
  arrived(eventId: string): void;
  /**
   * How long the oldest milestone has waited; null when none waits. `isLogged` is asked of ids that
   * wait: the engine drops an event that it has had, and then no new line comes.
   */
  waitingMs(isLogged: (eventId: string) => boolean): number | null;
}

const WAITING_MAX = 1_000;

export function createLogWatch(clock: Pick<Clock, "nowMs">): LogWatch {
  const waiting = new Map<string, number>();
  const arrivedIds = new Set<string>();
  return {
    expect(eventId) {
      if (arrivedIds.has(eventId) || waiting.has(eventId) || waiting.size >= WAITING_MAX) return;
      waiting.set(eventId, clock.nowMs());
    },
    arrived(eventId) {
      waiting.delete(eventId);
      arrivedIds.add(eventId);
      const [oldest] = arrivedIds;
      if (arrivedIds.size > WAITING_MAX && oldest !== undefined) arrivedIds.delete(oldest);
    },
    waitingMs(isLogged) {
      for (const eventId of [...waiting.keys()]) if (isLogged(eventId)) waiting.delete(eventId);
      const [since] = waiting.values();
      return since === undefined ? null : clock.nowMs() - since;
    },
  };
}
