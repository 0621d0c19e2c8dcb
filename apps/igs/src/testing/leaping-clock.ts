import type { Clock } from "../clock.ts";

/** Time that moves only when someone sleeps: each sleep ends at once, and time has gone by. */
export class LeapingClock implements Clock {
  #nowMs: number;
  readonly sleptMs: number[] = [];

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  async sleepMs(durationMs: number): Promise<void> {
    this.sleptMs.push(durationMs);
    this.#nowMs += durationMs;
  }

  advanceMs(durationMs: number): void {
    this.#nowMs += durationMs;
  }
}
