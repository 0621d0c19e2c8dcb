import type { ConcurrencySlot } from "../../core/concurrency.ts";
import { Heap } from "../../core/heap.ts";

interface Waiter<T> {
  readonly item: T;
  readonly limit: number;
}

interface SlotState<T> {
  usedCount: number;
  readonly waiting: Heap<Waiter<T>>;
}

/**
 * Counts calls in flight against concurrency limits. Who finds a limit reached waits at that limit
 * alone, in order of age, and so blocks nobody else.
 */
export class Slots<T> {
  readonly #states = new Map<string, SlotState<T>>();
  readonly #isBefore: (a: Waiter<T>, b: Waiter<T>) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = (a, b) => isBefore(a.item, b.item);
  }

  /** Takes all of the slots, or none: then `item` waits at the first full one. */
  tryTake(slots: readonly ConcurrencySlot[], item: T): boolean {
    for (const { name, limit } of slots) {
      const state = this.#states.get(name);
      if (state && state.usedCount >= limit) {
        state.waiting.push({ item, limit });
        return false;
      }
    }
    for (const { name } of slots) this.#getState(name).usedCount += 1;
    return true;
  }

  release(slots: readonly ConcurrencySlot[]): void {
    for (const { name } of slots) this.#getState(name).usedCount -= 1;
  }

  /**
   * Takes out the oldest who may try again at each of these limits. Ask after a release, and again
   * after each one that tried: it may have gone, or wait at another limit now, and left the room.
   */
  takeNext(slots: readonly ConcurrencySlot[]): T[] {
    const next: T[] = [];
    for (const { name } of slots) {
      const state = this.#states.get(name);
      if (!state) continue;
      const first = state.waiting.peek();
      if (first && state.usedCount < first.limit) {
        state.waiting.pop();
        next.push(first.item);
      } else if (!first && state.usedCount <= 0) {
        this.#states.delete(name);
      }
    }
    return next;
  }

  #getState(name: string): SlotState<T> {
    const known = this.#states.get(name);
    if (known) return known;
    const state = { usedCount: 0, waiting: new Heap<Waiter<T>>(this.#isBefore) };
    this.#states.set(name, state);
    return state;
  }
}
