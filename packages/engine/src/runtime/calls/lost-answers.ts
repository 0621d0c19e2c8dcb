/** A run that broke off this many calls in a row may be what breaks the app; it then waits by itself. */
const FORGIVEN_MAX = 3;
const PAUSE_FIRST_MS = 2_000;
const PAUSE_MAX_MS = 60_000;

/**
 * Counts the calls of each run that reached the app and were never answered, so that a run that kills its
 * worker each time does not do so in a loop, and does not speak for its app.
 */
export class LostAnswers {
  readonly #counts = new Map<string, number>();

  /** Runs that are remembered. */
  get size(): number {
    return this.#counts.size;
  }

  /** How long the run has to wait by itself; null as long as it waits with the rest of its app. */
  add(runId: string): number | null {
    const count = (this.#counts.get(runId) ?? 0) + 1;
    this.#counts.set(runId, count);
    return this.pauseMs(runId);
  }

  /** As `add`, for a call that never reached the app. */
  pauseMs(runId: string): number | null {
    const tooMany = (this.#counts.get(runId) ?? 0) - FORGIVEN_MAX;
    if (tooMany <= 0) return null;
    return Math.min(PAUSE_FIRST_MS * 2 ** (tooMany - 1), PAUSE_MAX_MS);
  }

  /** An answer came, or the run has ended. */
  forget(runId: string): void {
    this.#counts.delete(runId);
  }
}
