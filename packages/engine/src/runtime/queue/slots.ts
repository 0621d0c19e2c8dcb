import type { ConcurrencySlot } from "../../core/concurrency.ts";
import { Heap } from "../../core/heap.ts";

/** Those who wait at a slot for the same limit, the oldest first. */
interface Line<T> {
  readonly limit: number;
  readonly waiting: Heap<T>;
}

interface SlotState<T> {
  usedCount: number;
  /** One a limit: functions may share a name, such as an account's, and allow it different numbers. */
  readonly lines: Line<T>[];
}

/**
 * Counts calls in flight against concurrency limits. Who finds a limit reached waits at that limit
 * alone, in order of age, and so blocks nobody else: not even those who wait under the same name for a
 * higher limit, and have room.
 */
export class Slots<T> {
  readonly #states = new Map<string, SlotState<T>>();
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  /** Takes all of the slots, or none: then `item` waits at the first full one. */
  tryTake(slots: readonly ConcurrencySlot[], item: T): boolean {
    for (const { name, limit } of slots) {
      const state = this.#states.get(name);
      if (state && state.usedCount >= limit) {
        this.#getLine(state, limit).waiting.push(item);
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
      const first = this.#takeOldest(state);
      if (first !== undefined) next.push(first);
      else if (state.lines.length === 0 && state.usedCount <= 0) this.#states.delete(name);
    }
    return next;
  }

  #takeOldest({ lines, usedCount }: SlotState<T>): T | undefined {
    let oldest: { readonly line: Line<T>; readonly item: T } | undefined;
    for (const line of lines) {
      const item = usedCount < line.limit ? line.waiting.peek() : undefined;
      if (item === undefined) continue;
      if (!oldest || this.#isBefore(item, oldest.item)) oldest = { line, item };
    }
    if (!oldest) return undefined;
    oldest.line.waiting.pop();
    if (oldest.line.waiting.size === 0) lines.splice(lines.indexOf(oldest.line), 1);
    return oldest.item;
  }

  #getLine({ lines }: SlotState<T>, limit: number): Line<T> {
    const known = lines.find((line) => line.limit === limit);
    if (known) return known;
    const line = { limit, waiting: new Heap<T>(this.#isBefore) };
    lines.push(line);
    return line;
  }

  #getState(name: string): SlotState<T> {
    const known = this.#states.get(name);
    if (known) return known;
    const state: SlotState<T> = { usedCount: 0, lines: [] };
    this.#states.set(name, state);
    return state;
  }
}
