import { decideGcra } from "../../core/gcra.ts";

/** Ten wrong keys a minute, of all people together: where they come from is a proxy's to know. */
const WRONG_GUESSES = { limit: 10, periodMs: 60_000, burst: 9 } as const;

/** Counts wrong guesses of the signing key at the login. Programs with their Bearer keys are not held up. */
export class GuessLimit {
  readonly #nowMs: () => number;
  #usedUntilMs: number | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Seconds until the next guess is looked at; null when that is now. */
  waitSeconds(): number | null {
    const decision = decideGcra(WRONG_GUESSES, this.#usedUntilMs, this.#nowMs());
    return decision.isAdmitted ? null : Math.ceil((decision.freeAtMs - this.#nowMs()) / 1_000);
  }

  countWrong(): void {
    const decision = decideGcra(WRONG_GUESSES, this.#usedUntilMs, this.#nowMs());
    if (decision.isAdmitted) this.#usedUntilMs = decision.usedUntilMs;
  }
}
