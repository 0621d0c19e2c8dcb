import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store.ts";
import { Bites } from "./bites.ts";

export interface HousekeeperDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Removes what is over, at its own pace. */
  readonly sweepHistory: () => Promise<void>;
}

const PAUSE_MS = 10 * 60 * 1_000;

/** Drops what has served its time: event ids older than their 24 hours, rate limits and singletons that are free again. */
export class Housekeeper {
  readonly #deps: HousekeeperDeps;
  readonly #bites: Bites;
  #cancel: () => void = () => {};

  constructor(deps: HousekeeperDeps) {
    this.#deps = deps;
    this.#bites = new Bites(deps.store, deps.clock);
  }

  start(): void {
    const { clock } = this.#deps;
    if (this.#bites.isStopped) return;
    this.#cancel = clock.wakeAfter(PAUSE_MS, () => void this.#sweep());
  }

  stop(): void {
    this.#bites.stop();
    this.#cancel();
  }

  async #sweep(): Promise<void> {
    const { store, clock, log, sweepHistory } = this.#deps;
    try {
      await this.#bites.takeAll((rowsMax) => store.eventKeys.removeExpired(clock.nowMs(), rowsMax));
      await this.#bites.takeThrough((after, rowsMax) =>
        store.singletons.removeFree(after, rowsMax),
      );
      await this.#bites.takeAll((rowsMax) => store.gcra.removePassed(clock.nowMs(), rowsMax));
      await sweepHistory();
    } catch (error) {
      log({ level: "warn", message: "what has expired could not be removed", error });
    }
    this.start();
  }
}
