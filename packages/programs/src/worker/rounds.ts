export interface RoundsOptions {
  readonly look: () => Promise<void>;
  /** From the end of one look to the beginning of the next. */
  readonly everyMs: number;
  /** For every look but the first, whose failure its caller sees. */
  readonly onError: (error: unknown) => void;
}

/** One look after the other, never two at once, until the end is asked for. */
export class Rounds {
  readonly #options: RoundsOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #first: Promise<void> | undefined;
  #current: Promise<void> = Promise.resolve();
  #hasEnded = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** Returns after the first look. Asking again is fine. */
  begin(): Promise<void> {
    this.#first ??= this.#options.look().finally(() => this.#scheduleNext());
    return this.#first;
  }

  /** Returns when no look is under way any more. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    await Promise.allSettled([this.#first, this.#current]);
  }

  #scheduleNext(): void {
    if (this.#hasEnded) return;
    this.#timer = setTimeout(() => {
      this.#current = this.#options
        .look()
        .catch(this.#options.onError)
        .finally(() => this.#scheduleNext());
    }, this.#options.everyMs);
  }
}
