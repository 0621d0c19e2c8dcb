import { Heap } from "../core/heap.ts";
import type { Clock } from "../runtime/clock.ts";

interface Sleeper {
  /** On the wall's clock for a moment; since the clock's begin for a pause. */
  readonly atMs: number;
  readonly wake: () => void;
  isCancelled: boolean;
}

/** Time that moves only when a test says so. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #elapsedMs = 0;
  readonly #moments = new Heap<Sleeper>((a, b) => a.atMs < b.atMs);
  readonly #setBackListeners = new Set<() => void>();
  readonly #pauses = new Heap<Sleeper>((a, b) => a.atMs < b.atMs);

  /** Begins after the real time, so that what an SDK stamps with the real time lies in the past. */
  constructor(startMs = Date.UTC(2040, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wakeAt(atMs: number, wake: () => void): () => void {
    return sleepIn(this.#moments, { atMs, wake, isCancelled: false });
  }

  wakeAfter(durationMs: number, wake: () => void): () => void {
    return sleepIn(this.#pauses, {
      atMs: this.#elapsedMs + durationMs,
      wake,
      isCancelled: false,
    });
  }

  onSetBack(tell: () => void): () => void {
    this.#setBackListeners.add(tell);
    return () => this.#setBackListeners.delete(tell);
  }

  /** The moment of the next timer, or null when nothing sleeps. */
  nextWakeMs(): number | null {
    const nextMs = Math.min(
      findFirst(this.#moments)?.atMs ?? Number.POSITIVE_INFINITY,
      this.#wallMsOf(findFirst(this.#pauses)),
    );
    return Number.isFinite(nextMs) ? nextMs : null;
  }

  /** Moves on and wakes, in order, all who are due by then. */
  advanceMs(durationMs: number): void {
    const untilMs = this.#nowMs + durationMs;
    for (let nextMs = this.nextWakeMs(); nextMs !== null; nextMs = this.nextWakeMs()) {
      if (nextMs > untilMs) break;
      const isPause = this.#wallMsOf(findFirst(this.#pauses)) === nextMs;
      this.#moveTo(Math.max(this.#nowMs, nextMs));
      (isPause ? this.#pauses : this.#moments).pop()?.wake();
    }
    this.#moveTo(untilMs);
  }

  /** Someone sets the clock, forward or back. Who is due by it wakes with the next `advanceMs`. */
  setBy(offsetMs: number): void {
    this.#nowMs += offsetMs;
    if (offsetMs < 0) for (const tell of this.#setBackListeners) tell();
  }

  #wallMsOf(pause: Sleeper | undefined): number {
    return pause ? this.#nowMs + pause.atMs - this.#elapsedMs : Number.POSITIVE_INFINITY;
  }

  #moveTo(nowMs: number): void {
    this.#elapsedMs += nowMs - this.#nowMs;
    this.#nowMs = nowMs;
  }
}

function sleepIn(heap: Heap<Sleeper>, sleeper: Sleeper): () => void {
  heap.push(sleeper);
  return () => {
    sleeper.isCancelled = true;
  };
}

/** Drops those who were cancelled. */
function findFirst(heap: Heap<Sleeper>): Sleeper | undefined {
  for (let first = heap.peek(); first?.isCancelled; first = heap.peek()) heap.pop();
  return heap.peek();
}
