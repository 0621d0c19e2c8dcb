import type { WorkerMessage } from "../../processes/messages.ts";

const LOOK_MS = 100;
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 20_000;

interface Told {
  nextAtMs: number;
  pauseMs: number;
}

/**
 * Sends the event that a run waits for, again and again until the run has gone on: one that came before
 * the wait was stored is not seen. What each wait was ended by is checked afterwards.
 */
export class WaitTeller {
  readonly #tell: (n: number) => Promise<unknown>;
  readonly #waiting = new Map<number, Told>();
  #timer: Timer | undefined;

  constructor(tell: (n: number) => Promise<unknown>) {
    this.#tell = tell;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The number of the event of a run that waits, or will. */
  add(n: number): void {
    this.#waiting.set(n, { nextAtMs: Date.now() + PAUSE_FIRST_MS, pauseMs: PAUSE_FIRST_MS });
  }

  onWitnessed(message: WorkerMessage): void {
    if (message.kind !== "stepped" || message.n === undefined) return;
    if (message.functionId === "waiter" && message.stepId === "after") {
      this.#waiting.delete(message.n);
    }
  }

  #look(): void {
    const nowMs = Date.now();
    for (const [n, told] of this.#waiting) {
      if (told.nextAtMs > nowMs) continue;
      told.pauseMs = Math.min(told.pauseMs * 2, PAUSE_MAX_MS);
      told.nextAtMs = nowMs + told.pauseMs;
      void this.#tell(n);
    }
  }
}
