// Schedules.
//
// Invariants:
//   J1. No time of a schedule starts two runs, and times come in order.
//   J2. None is missed while the engine is up; after downtime the last one missed is caught up, once.
//   J3. A run comes at its time: not before it, nor later than its jitter and a moment.

import type { WireEvent } from "../app/wire.ts";
import type { FunctionOptions } from "../plan/function-spec.ts";
import type { Check, Scene } from "./check.ts";
import type { Fact } from "./journal.ts";

const LATE_MS_MAX = 1_000;

export class CronCheck implements Check {
  readonly #scene: Scene;
  /** The last time that each schedule fired for, or from when on it counts. */
  readonly #lastAtMs = new Map<string, number>();
  /** World time at which each schedule's next time was stored. */
  readonly #storedAtMs = new Map<string, number>();
  readonly #fired = new Set<string>();
  /** Taken away, and not because their time had come. */
  readonly #gone = new Set<string>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  onFact(fact: Fact): void {
    const { world, book, disturbances } = this.#scene;
    if (fact.name === "cron" && fact.kind === "item-gone") this.#gone.add(fact.id);
    if (fact.name === "cron" && fact.kind === "item") {
      // A sync brings it, for the first time or again.
      const isNew = !this.#lastAtMs.has(fact.id) || this.#gone.delete(fact.id);
      if (isNew) this.#lastAtMs.set(fact.id, Math.min(...disturbances.shownNowMs));
      this.#storedAtMs.set(fact.id, world.nowMs);
    }
    const event = fact.kind === "event" ? book.events.get(fact.id) : undefined;
    if (event?.name === "inngest/scheduled.timer") this.#checkFired(fact, event);
  }

  #checkFired({ atMs: firedAtMs }: Fact, { id: eventId, data }: WireEvent): void {
    const { world, book, disturbances } = this.#scene;
    const scheduledAtMs = Date.parse(String(data["scheduledAt"]));
    const itemId = eventId.slice(0, eventId.lastIndexOf(":"));
    const fn = [...book.inForce].find(([id]) => itemId.includes(id))?.[1];
    const cron = fn && cronOf(fn.options);
    if (!cron) return world.fail(`a schedule fires of a function that has none: ${eventId}`);
    const everyMs = cron.everyMinutes * 60_000;
    const key = `${itemId} ${scheduledAtMs}`;
    world.count("cron fired");
    world.require(scheduledAtMs % everyMs === 0, () => `${eventId} is no time of its schedule`);
    world.require(!this.#fired.has(key), () => `${eventId} fires twice`);
    this.#fired.add(key);

    const lastAtMs = this.#lastAtMs.get(itemId) ?? 0;
    this.#lastAtMs.set(itemId, scheduledAtMs);
    this.#gone.delete(itemId);
    const jitterMs = (cron.jitterSeconds ?? 0) * 1_000;
    const shownMs = disturbances.latestShownMs(this.#storedAtMs.get(itemId) ?? world.nowMs);
    world.require(shownMs >= scheduledAtMs, () => `${eventId} fires before its time`);
    world.require(
      scheduledAtMs + everyMs > firedAtMs - jitterMs,
      () => `${eventId} is caught up although a later time has passed`,
    );
    if (disturbances.hasClockGoneBack) return;
    world.require(scheduledAtMs > lastAtMs, () => `${eventId} comes after a later one`);
    const wantedMs = (Math.floor(lastAtMs / everyMs) + 1) * everyMs;
    const wasMissed = wantedMs < scheduledAtMs;
    if (wasMissed) world.count("cron caught up");
    world.require(
      !wasMissed || wantedMs <= disturbances.overSinceMs,
      () => `the time ${wantedMs} of ${itemId} is missing, ${scheduledAtMs} fires`,
    );
    const lateMs = world.wallMs - Math.max(scheduledAtMs + jitterMs, disturbances.overSinceMs);
    world.require(lateMs <= LATE_MS_MAX, () => `${eventId} fires ${lateMs} ms late`);
  }
}

function cronOf({ triggers }: FunctionOptions) {
  return triggers.find((trigger) => trigger.kind === "cron");
}
