/** A rate as its definition has it: one more for each interval, `burst` of them saved up. */
export interface Rate {
  readonly limit: number;
  readonly periodSeconds: number;
  readonly burst: number;
}

/** Times a thousandth of a millisecond apart are one: intervals are fractions. */
const TOLERANCE_MS = 0.001;

/** Counts what a rate lets through, by name. */
export class RateModel {
  readonly #usedUntilMs = new Map<string, number>();

  mayPass(name: string, { limit, periodSeconds, burst }: Rate, nowMs: number): boolean {
    const usedUntilMs = this.#usedUntilMs.get(name) ?? Number.NEGATIVE_INFINITY;
    const intervalMs = (periodSeconds * 1_000) / limit;
    return usedUntilMs <= nowMs + intervalMs * burst + TOLERANCE_MS;
  }

  pass(name: string, { limit, periodSeconds }: Rate, nowMs: number): void {
    const usedUntilMs = this.#usedUntilMs.get(name) ?? nowMs;
    const intervalMs = (periodSeconds * 1_000) / limit;
    this.#usedUntilMs.set(name, Math.max(usedUntilMs, nowMs) + intervalMs);
  }
}
