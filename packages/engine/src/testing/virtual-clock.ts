import { Heap } from "../core/heap.ts";
import type { Clock } from "../runtime/clock.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
  isCancelled: boolean;
}

/** Time that moves only when a test says so. */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Heap<Sleeper>((a, b) => a.atMs < b.atMs);

  /** Begins after the real time, so that what an SDK stamps with the real time lies in the past. */
  constructor(startMs = Date.UTC(2040, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    const sleeper = { atMs, wake, isCancelled: false };
    this.#sleepers.push(sleeper);
    return () => {
      sleeper.isCancelled = true;
    };
  }

  wakeAfter(delayMs: number, wake: () => void): () => void {
    return this.wakeAt(this.#nowMs + delayMs, wake);
  }

  /** The moment of the next timer, or null when nothing sleeps. */
  nextWakeMs(): number | null {
    for (let first = this.#sleepers.peek(); first; first = this.#sleepers.peek()) {
      if (!first.isCancelled) return first.atMs;
      this.#sleepers.pop();
    }
    return null;
  }

  /** Moves on and wakes, in order, all who are due by then. */
  advanceMs(durationMs: number): void {
    const untilMs = this.#nowMs + durationMs;
    for (let nextMs = this.nextWakeMs(); nextMs !== null; nextMs = this.nextWakeMs()) {
      if (nextMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      this.#sleepers.pop()?.wake();
    }
    this.#nowMs = untilMs;
  }
}
