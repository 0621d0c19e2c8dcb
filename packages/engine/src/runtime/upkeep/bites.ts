import { BITE_ROWS_FIRST, nextBiteRows } from "../../core/retention.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store.ts";

/** With bites of a few milliseconds most of the time is the engine's own, and as many rows go as it makes. */
const PAUSE_MS = 20;

/**
 * Removing without being noticed: one transaction of bounded rows, a pause, the next. A bite that took
 * long makes the next one smaller, so that a commit that has to wait for one waits no longer than for the
 * disk.
 */
export class Bites {
  readonly #store: Store;
  readonly #clock: Clock;
  #rows = BITE_ROWS_FIRST;
  #isStopped = false;
  #cancelPause: () => void = () => {};

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Whoever is in a pause never comes back. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelPause();
  }

  /** One transaction; `work` is told how many rows it may touch. */
  take<T>(work: (rowsMax: number) => T): Promise<T> {
    return this.#store.write(() => {
      const rows = this.#rows;
      const startedAtMs = this.#clock.nowMs();
      const result = work(rows);
      this.#rows = nextBiteRows(rows, this.#clock.nowMs() - startedAtMs);
      return result;
    });
  }

  /** Takes bites until one removed less than it might have. `remove` returns how many rows it removed. */
  async takeAll(remove: (rowsMax: number) => number): Promise<void> {
    for (;;) {
      const isLast = await this.take((rowsMax) => remove(rowsMax) < rowsMax);
      if (isLast || this.#isStopped) return;
      await this.pause();
    }
  }

  /** Goes through a table in the order of its key; `visit` returns where to go on, null at the end. */
  async takeThrough(visit: (after: string, rowsMax: number) => string | null): Promise<void> {
    for (let after: string | null = ""; after !== null && !this.#isStopped; ) {
      const from: string = after;
      after = await this.take((rowsMax) => visit(from, rowsMax));
      if (after !== null) await this.pause();
    }
  }

  pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#cancelPause = this.#clock.wakeAt(this.#clock.nowMs() + PAUSE_MS, resolve);
    return promise;
  }
}
