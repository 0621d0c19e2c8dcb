import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Store } from "./store.ts";

export interface HousekeeperDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

const PAUSE_MS = 10 * 60 * 1_000;

/** Drops what has served its time: event ids older than their 24 hours, rate limits and singletons that are free again. */
export class Housekeeper {
  readonly #deps: HousekeeperDeps;
  #cancel: () => void = () => {};
  #isStopped = false;

  constructor(deps: HousekeeperDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { clock } = this.#deps;
    if (this.#isStopped) return;
    this.#cancel = clock.wakeAfter(PAUSE_MS, () => void this.#sweep());
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #sweep(): Promise<void> {
    const { store, clock, log } = this.#deps;
    try {
      await store.write(() => {
        store.eventKeys.removeExpired(clock.nowMs());
        store.singletons.removeFree();
        store.gcra.removePassed(clock.nowMs());
      });
    } catch (error) {
      log({ level: "warn", message: "what has expired could not be removed", error });
    }
    this.start();
  }
}
