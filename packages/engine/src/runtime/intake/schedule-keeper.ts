import type { AppFunction } from "../../core/app.ts";
import type { Registry } from "../apps/registry.ts";
import type { Clock } from "../clock.ts";
import { Effects, type EffectTargets } from "../effects.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store.ts";
import {
  createCronItem,
  cronItemId,
  enqueueCronItem,
  findSchedules,
  readCronPayload,
  type Schedule,
} from "./cron-runs.ts";

export interface ScheduleKeeperDeps extends EffectTargets {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
}

const RETRY_MS = 10_000;

/**
 * Keeps schedules right when the clock is not: at the start, and within a minute of its being set back,
 * what is planned for later than the next time from now is planned anew (K4 of `cron-runs.ts`).
 */
export class ScheduleKeeper {
  readonly #deps: ScheduleKeeperDeps;
  #stopListening: () => void = () => {};
  #cancelRetry: () => void = () => {};
  #isStopped = false;

  constructor(deps: ScheduleKeeperDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopListening = this.#deps.clock.onSetBack(() => void this.#check());
    void this.#check();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopListening();
    this.#cancelRetry();
  }

  async #check(): Promise<void> {
    const { store, clock, log } = this.#deps;
    if (!this.#schedules().some(({ schedule }) => this.#isAstray(schedule))) return;
    try {
      await store.write(
        () => this.#planAnew(),
        (effects) => effects.applyTo(this.#deps),
      );
    } catch (error) {
      if (this.#isStopped) return;
      log({ level: "warn", message: "schedules could not be planned anew", error });
      this.#cancelRetry();
      this.#cancelRetry = clock.wakeAfter(RETRY_MS, () => void this.#check());
    }
  }

  #planAnew(): Effects {
    const { store, clock } = this.#deps;
    const effects = new Effects();
    for (const { fn, schedule } of this.#schedules()) {
      if (!this.#isAstray(schedule)) continue;
      const planned = store.queue.find(cronItemId(schedule));
      const takenAtMs = planned ? readCronPayload(planned).takenAtMs : undefined;
      const item = createCronItem(schedule, clock.nowMs(), takenAtMs);
      if (!item) continue;
      store.queue.remove(item.id);
      enqueueCronItem({ store, effects }, { item, appId: fn.appId });
    }
    return effects;
  }

  /** In order, a planned time is never later than the next one from now. */
  #isAstray(schedule: Schedule): boolean {
    const { store, clock } = this.#deps;
    const next = createCronItem(schedule, clock.nowMs());
    if (!next) return false;
    const planned = store.queue.find(next.id);
    return !planned || readCronPayload(planned).scheduledAtMs > readCronPayload(next).scheduledAtMs;
  }

  #schedules(): { readonly fn: AppFunction; readonly schedule: Schedule }[] {
    return this.#deps.registry.functions.flatMap((fn) =>
      findSchedules(fn).map((schedule) => ({ fn, schedule })),
    );
  }
}
