// Keeps the engine told of this worker's functions, without anyone's doing.
//
// R1. The worker registers at its start, then compares every 30 s what the engine has with what the
//     code has, and registers again where they differ: after a restart of the engine, too.
// R2. An engine that is down is asked again after growing pauses, up to the usual 30 s.
// R3. Nothing that the engine answers, or fails to, ends the worker.
// R4. An audit is a look out of turn: the same comparison and the same registration, one at a time. Where a
//     round goes on and tries again later, an audit that can't tell or can't mend throws.

import type { Clock } from "../clock.ts";

export type RegistrationState =
  | { readonly kind: "starting" }
  | { readonly kind: "registered"; readonly at: string }
  | { readonly kind: "engine-down"; readonly problem: string }
  | { readonly kind: "refused"; readonly problem: string };

/** What the engine has of us. */
export type RegistrationCheck =
  | { readonly kind: "as-coded" }
  | { readonly kind: "drifted"; readonly reason: string }
  | { readonly kind: "engine-down"; readonly problem: string };

/** That the engine had something else than the code, while it was taken for registered. */
export interface Drift {
  readonly atMs: number;
  readonly reason: string;
}

export interface RegistrationOptions {
  readonly clock: Clock;
  readonly check: () => Promise<RegistrationCheck>;
  /** Tells the engine. Throws a `RegistrationError` when it refuses or is not there. */
  readonly register: () => Promise<void>;
  readonly onChange: (state: RegistrationState, reason: string | null) => void;
}

const CHECK_EVERY_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
const DRIFTS_MAX = 100;

export class RegistrationError extends Error {
  override readonly name = "RegistrationError";
  readonly isEngineDown: boolean;

  constructor(
    message: string,
    options: { readonly isEngineDown: boolean; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.isEngineDown = options.isEngineDown;
  }
}

export class Registration {
  readonly #options: RegistrationOptions;
  readonly #stopping = new AbortController();
  #state: RegistrationState = { kind: "starting" };
  readonly #drifts: Drift[] = [];
  #failuresInARow = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  get state(): RegistrationState {
    return this.#state;
  }

  /** What the engine has of this worker at this moment. Changes nothing. */
  compare(): Promise<RegistrationCheck> {
    return this.#check();
  }

  /** Returns once `stop` was called. */
  async run(): Promise<void> {
    const { signal } = this.#stopping;
    await this.#inTurn(() => this.#register("the worker has started"));
    while (!signal.aborted) {
      await this.#options.clock.sleepMs(this.#pauseMs(), signal);
      if (!signal.aborted) await this.#inTurn(() => this.#look());
    }
  }

  /**
   * Looks now, and registers where something differs. Returns what has drifted since a moment, found by
   * this look or by a round before it. Throws unless the engine has everything as the code has it in the end.
   */
  async audit(sinceMs: number): Promise<readonly Drift[]> {
    await this.#inTurn(() => this.#look());
    // Registering is believed by nobody here: what the engine says afterwards counts.
    const check = await this.#options.check();
    if (check.kind === "engine-down") {
      throw new RegistrationError(check.problem, { isEngineDown: true });
    }
    if (check.kind === "drifted") {
      throw new RegistrationError(`registering does not help: ${check.reason}${this.#trouble()}`, {
        isEngineDown: false,
      });
    }
    return this.#drifts.filter(({ atMs }) => atMs > sinceMs);
  }

  stop(): void {
    this.#stopping.abort();
  }

  #trouble(): string {
    return "problem" in this.#state ? ` (${this.#state.problem})` : "";
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #pauseMs(): number {
    if (this.#failuresInARow === 0) return CHECK_EVERY_MS;
    return Math.min(CHECK_EVERY_MS, FIRST_PAUSE_MS * 2 ** (this.#failuresInARow - 1));
  }

  async #look(): Promise<void> {
    // The last try failed: whatever the engine has, it has not heard from this process.
    if (this.#state.kind !== "registered") return this.#register(null);
    const check = await this.#check();
    switch (check.kind) {
      case "as-coded":
        this.#failuresInARow = 0;
        return;
      case "drifted":
        this.#remember(check.reason);
        return this.#register(check.reason);
      case "engine-down":
        this.#failed({ kind: "engine-down", problem: check.problem });
    }
  }

  #remember(reason: string): void {
    this.#drifts.push({ atMs: this.#options.clock.nowMs(), reason });
    if (this.#drifts.length > DRIFTS_MAX) this.#drifts.shift();
  }

  async #check(): Promise<RegistrationCheck> {
    try {
      return await this.#options.check();
    } catch (error) {
      return { kind: "engine-down", problem: messageOf(error) };
    }
  }

  async #register(reason: string | null): Promise<void> {
    try {
      await this.#options.register();
      this.#failuresInARow = 0;
      const at = new Date(this.#options.clock.nowMs()).toISOString();
      this.#become({ kind: "registered", at }, reason);
    } catch (error) {
      const isEngineDown = error instanceof RegistrationError && error.isEngineDown;
      this.#failed({ kind: isEngineDown ? "engine-down" : "refused", problem: messageOf(error) });
    }
  }

  #failed(state: Extract<RegistrationState, { readonly problem: string }>): void {
    this.#failuresInARow += 1;
    this.#become(state, null);
  }

  #become(state: RegistrationState, reason: string | null): void {
    const isNews = state.kind === "registered" || !isSameTrouble(this.#state, state);
    this.#state = state;
    if (isNews) this.#options.onChange(state, reason);
  }
}

/** An engine that stays down is said once. */
function isSameTrouble(a: RegistrationState, b: RegistrationState): boolean {
  return a.kind === b.kind && "problem" in a && "problem" in b && a.problem === b.problem;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
