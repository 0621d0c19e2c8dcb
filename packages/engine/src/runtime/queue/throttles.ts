import { decideGcra, type Rate } from "../../core/gcra.ts";
import { Heap } from "../../core/heap.ts";
import type { Clock } from "../clock.ts";

/** What the start of a run has to pass: a rate that all runs with the same name share. */
export interface ThrottleGate extends Rate {
  readonly name: string;
}

export interface ThrottleOptions<T> {
  readonly clock: Clock;
  readonly isBefore: (a: T, b: T) => boolean;
  /** The durable marks. Whoever passes leaves its own at once, with its run's start (`run-start.ts`). */
  readonly findUsedUntilMs: (name: string) => number | null;
  /** Someone may be taken with `takeNext` again. */
  readonly onFree: (gate: ThrottleGate) => void;
}

/** A long wait is looked at from time to time: the computer may have slept, or its clock may have been set. */
const LOOK_AGAIN_MS = 60_000;

interface Line<T> {
  readonly waiting: Heap<T>;
  cancelWake: () => void;
}

/** Lines of items that wait for their throttle, oldest first. Who waits here blocks nobody elsewhere. */
export class Throttles<T> {
  readonly #options: ThrottleOptions<T>;
  readonly #lines = new Map<string, Line<T>>();

  constructor(options: ThrottleOptions<T>) {
    this.#options = options;
  }

  /** Uses nothing up. When the answer is no, `item` waits here. */
  mayPass(gate: ThrottleGate, item: T): boolean {
    if (this.#decide(gate).isAdmitted) return true;
    const { isBefore } = this.#options;
    const line = this.#lines.get(gate.name) ?? {
      waiting: new Heap(isBefore),
      cancelWake: () => {},
    };
    this.#lines.set(gate.name, line);
    line.waiting.push(item);
    return false;
  }

  /**
   * Takes out the oldest who may try now, or sees to it that `onFree` is called when it may. Ask after
   * each one that tried: it may be gone, or wait for something else, and have used nothing up.
   */
  takeNext(gate: ThrottleGate): T | undefined {
    const line = this.#lines.get(gate.name);
    if (!line) return undefined;
    line.cancelWake();
    if (!line.waiting.peek()) {
      this.#lines.delete(gate.name);
      return undefined;
    }
    const decision = this.#decide(gate);
    if (decision.isAdmitted) return line.waiting.pop();
    const { clock, onFree } = this.#options;
    const pauseMs = Math.min(Math.ceil(decision.freeAtMs - clock.nowMs()), LOOK_AGAIN_MS);
    line.cancelWake = clock.wakeAfter(pauseMs, () => onFree(gate));
    return undefined;
  }

  stop(): void {
    for (const { cancelWake } of this.#lines.values()) cancelWake();
  }

  #decide(gate: ThrottleGate): ReturnType<typeof decideGcra> {
    const { clock, findUsedUntilMs } = this.#options;
    return decideGcra(gate, findUsedUntilMs(gate.name), clock.nowMs());
  }
}
