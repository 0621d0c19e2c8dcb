/** A rate as its definition has it: one more for each interval, `burst` of them saved up. */
export interface Rate {
  readonly limit: number;
  readonly periodSeconds: number;
  readonly burst: number;
}

/** Times a thousandth of a millisecond apart are one: intervals are fractions. */
const TOLERANCE_MS = 0.001;
/** R4 of `core/gcra.ts`: what no decision of the last minute could have left says nothing. */
const SET_BACK_MIN_MS = 60_000;

/** Counts what a rate lets through, by name. */
export class RateModel {
  readonly #usedUntilMs = new Map<string, number>();

  mayPass(name: string, rate: Rate, nowMs: number): boolean {
    const latestMs = nowMs + intervalMs(rate) * rate.burst + TOLERANCE_MS;
    return this.#usedUntil(name, rate, nowMs) <= latestMs;
  }

  pass(name: string, rate: Rate, nowMs: number): void {
    this.#usedUntilMs.set(name, this.#usedUntil(name, rate, nowMs) + intervalMs(rate));
  }

  #usedUntil(name: string, rate: Rate, nowMs: number): number {
    const usedUntilMs = this.#usedUntilMs.get(name) ?? nowMs;
    const latestMs = nowMs + intervalMs(rate) * (rate.burst + 1) + SET_BACK_MIN_MS;
    return usedUntilMs > nowMs && usedUntilMs <= latestMs ? usedUntilMs : nowMs;
  }
}

function intervalMs({ limit, periodSeconds }: Rate): number {
  return (periodSeconds * 1_000) / limit;
}
