// Keeps one thing on the page fresh.
//
//   P1. There are never two loads at once.
//   P2. While the page can't be seen nothing is loaded; once it can be, at once.
//   P3. After a failure the gaps double up to a bound; the first success ends that.
//   P4. After `stop()` nothing is reported, and the load in flight is given up.
//   P5. Told of a change, it loads soon: once for many changes, and with a rest between two loads.
//   P6. While changes are told, it looks by itself only now and then.

/** Timers, given from outside so that tests own the time. Returns what takes the timer back. */
export type After = (delayMs: number, act: () => void) => () => void;

export interface PollingOptions<T> {
  readonly load: (signal: AbortSignal) => Promise<T>;
  readonly onValue: (value: T) => void;
  /** Also told when it is tried again. */
  readonly onFailure: (error: unknown, retryInMs: number) => void;
  /** The gap after a success. */
  readonly delayMs: (value: T) => number;
  /** The smallest gap, also when there are changes; for what takes long to load. */
  readonly restMs?: (value: T) => number;
  readonly after: After;
}

const FAILURE_DELAY_MS = 1_500;
const FAILURE_DELAY_MAX_MS = 15_000;
/** Long enough for the changes of one moment to come together, too short to be felt. */
const REST_MS = 100;
/** Not everything that changes is told. */
const TOLD_DELAY_MS = 10_000;

/** `failureCount` counts from 1. */
export function failureDelayMs(failureCount: number): number {
  return Math.min(FAILURE_DELAY_MS * 2 ** (failureCount - 1), FAILURE_DELAY_MAX_MS);
}

export class Polling<T> {
  readonly #options: PollingOptions<T>;
  readonly #stopped = new AbortController();
  #cancelTimer: (() => void) | undefined;
  #isLoading = false;
  #isVisible: boolean;
  /** A refresh was asked for while a load was under way: what that brings may be too old. */
  #isStale = false;
  /** A change was told, and what is shown may be older. */
  #hasChange = false;
  #isTold = false;
  #restMs = REST_MS;
  #failureCount = 0;

  constructor(options: PollingOptions<T>, isVisible: boolean) {
    this.#options = options;
    this.#isVisible = isVisible;
    this.refresh();
  }

  /** Loads now rather than at the next turn. */
  refresh(): void {
    if (this.#stopped.signal.aborted) return;
    if (this.#isLoading) this.#isStale = true;
    else if (this.#isVisible) void this.#load();
  }

  /** Something changed (P5). */
  noteChange(): void {
    const isPlanned = this.#hasChange;
    this.#hasChange = true;
    if (isPlanned || this.#isLoading || !this.#isVisible || this.#stopped.signal.aborted) return;
    this.#plan(this.#restMs);
  }

  /** Whether changes are told from now on (P6). Those of before were not, so that it looks once. */
  setTold(isTold: boolean): void {
    this.#isTold = isTold;
    this.noteChange();
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    if (isVisible) this.refresh();
    else this.#cancelTimer?.();
  }

  stop(): void {
    this.#stopped.abort();
    this.#cancelTimer?.();
  }

  async #load(): Promise<void> {
    this.#cancelTimer?.();
    this.#isLoading = true;
    this.#isStale = false;
    this.#hasChange = false;
    const delayMs = await this.#loadOnce();
    this.#isLoading = false;
    if (this.#stopped.signal.aborted || !this.#isVisible) return;
    if (this.#isStale) void this.#load();
    else this.#plan(this.#hasChange ? this.#restMs : delayMs);
  }

  #plan(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.after(delayMs, () => this.refresh());
  }

  async #loadOnce(): Promise<number> {
    const { load, onValue, onFailure, delayMs, restMs } = this.#options;
    const { signal } = this.#stopped;
    try {
      const value = await load(signal);
      this.#failureCount = 0;
      if (!signal.aborted) onValue(value);
      this.#restMs = Math.max(restMs?.(value) ?? 0, REST_MS);
      return Math.max(delayMs(value), this.#restMs, this.#isTold ? TOLD_DELAY_MS : 0);
    } catch (error) {
      this.#failureCount += 1;
      const retryInMs = failureDelayMs(this.#failureCount);
      if (!signal.aborted) onFailure(error, retryInMs);
      return retryInMs;
    }
  }
}
