import type { EngineUpdate, UpdateFeed, UpdateTopic } from "@system-bus/inngest-api";
import type { Clock } from "../clock.ts";

/** So that what happens in one moment is looked at once. */
const REST_MS = 20;

export interface NewsOf {
  readonly topics: readonly UpdateTopic[];
  readonly concerns: (update: EngineUpdate) => boolean;
}

/** What the engine tells while something is followed; an engine that tells nothing has no news. */
export class News {
  readonly #stop: () => void;
  #isTold = false;
  #hasNews = false;
  #wake: () => void = () => {};

  constructor(updates: UpdateFeed, { topics, concerns }: NewsOf) {
    this.#stop = updates.listen({
      topics,
      onUpdate: (update) => {
        if (concerns(update)) this.#note();
      },
      onConnection: (isConnected) => {
        this.#isTold = isConnected;
        // What happened before was not told.
        this.#note();
      },
    });
  }

  /** Whether changes are told at the moment, so that one has to look only now and then. */
  get isTold(): boolean {
    return this.#isTold;
  }

  /** Before a look: what was told until now is seen by it. */
  clear(): void {
    this.#hasNews = false;
  }

  /** Sleeps until there is news since the last `clear`, or for the whole time. */
  async wait(durationMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
    if (!this.#hasNews) {
      const told = new AbortController();
      this.#wake = () => told.abort();
      await clock.sleepMs(durationMs, AbortSignal.any([signal, told.signal]));
    }
    if (this.#hasNews) await clock.sleepMs(REST_MS, signal);
  }

  stop(): void {
    this.#stop();
  }

  #note(): void {
    this.#hasNews = true;
    this.#wake();
  }
}
