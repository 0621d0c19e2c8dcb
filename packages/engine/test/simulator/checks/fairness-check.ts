// Who has waited longest goes first.
//
// Invariant:
//   Z1. When a call of a function starts, no item of the same function that counts against the same limits
//       and has been due for longer, of an older run, is left waiting.

import type { CallInFlight } from "../faults/wire.ts";
import { keyOf } from "../plan/function-spec.ts";
import type { ItemRecord, RunRecord } from "./book.ts";
import type { Check, Scene } from "./check.ts";

/** Longer than an item waits by itself after a call that came to nothing. */
const TROUBLED_MS = 3 * 60_000;

export class FairnessCheck implements Check {
  readonly #scene: Scene;
  /** World time at which an item's last call ended: it is still in hand until what came of it is stored. */
  readonly #endedAtMs = new Map<string, number>();

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  onCall(_call: CallInFlight, run: RunRecord | null): void {
    const { world, book, disturbances } = this.#scene;
    if (!run || run.options.concurrency.length === 0 || run.options.throttle) return;
    if (disturbances.hasClockGoneBack || disturbances.overSinceMs >= world.wallMs) return;
    for (const other of book.unended.values()) {
      if (other === run || !isEqual(other, run) || other.rank >= run.rank) continue;
      if (this.#isTroubled(other) || this.#isTroubled(run)) continue;
      const waiting = this.#findWaiting(other);
      if (waiting) {
        world.fail(
          `run ${run.id} is called before ${other.id}, whose ${waiting.id} waits since ${waiting.dueAtMs}`,
        );
      }
    }
    world.count("a call in its turn");
  }

  onCallEnded({ context }: CallInFlight): void {
    this.#endedAtMs.set(context.job_id, this.#scene.world.nowMs);
  }

  #findWaiting(run: RunRecord): ItemRecord | undefined {
    const { world, inFlight } = this.#scene;
    // One that is too late is cancelled in its turn, and not called.
    const isLate = [...run.items.values()].some(
      ({ kind, dueAtMs }) => kind.endsWith("-timeout") && dueAtMs <= world.wallMs,
    );
    if (isLate) return undefined;
    for (const item of run.items.values()) {
      const isCall = item.kind === "discovery" || item.kind === "step";
      const isDue = item.dueAtMs < world.wallMs && item.storedAtMs < world.nowMs;
      if (!isCall || !isDue || this.#endedAtMs.get(item.id) === world.nowMs) continue;
      const isOnItsWay = [...inFlight].some(({ context }) => context.job_id === item.id);
      if (!isOnItsWay) return item;
    }
    return undefined;
  }

  #isTroubled({ id }: RunRecord): boolean {
    const { world, disturbances } = this.#scene;
    return (
      world.nowMs - disturbances.lastLostCallAtMs <= TROUBLED_MS ||
      disturbances.lostCallAtMs(id) > 0
    );
  }
}

function isEqual(a: RunRecord, b: RunRecord): boolean {
  if (a.spec !== b.spec || a.options !== b.options) return false;
  const isKeyed = a.options.concurrency.some((limit) => limit.isKeyed);
  return !isKeyed || keyOf(a.event.data) === keyOf(b.event.data);
}
