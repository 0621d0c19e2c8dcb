/** Chance that comes from a seed alone: the same seed draws the same numbers, for ever. */
export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** Small numbers often, large ones seldom: each order of magnitude is as likely as the next. */
  spread(min: number, max: number): number {
    return Math.round(Math.exp(this.next() * Math.log(max / min)) * min);
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[Math.floor(this.next() * choices.length)];
    if (choice === undefined) throw new Error("there is nothing to choose from");
    return choice;
  }

  /** One of the names, each as likely as its weight says. */
  pickWeighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const names = Object.keys(weights) as Name[];
    let rest = this.next() * names.reduce((sum, name) => sum + weights[name], 0);
    for (const name of names) {
      rest -= weights[name];
      if (rest < 0) return name;
    }
    return this.pick(names);
  }

  /** Chance of its own for one purpose, so that what others draw does not change it. */
  fork(purpose: string): Random {
    return new Random(Number(Bun.hash(`${this.#seed}:${purpose}`) % 2n ** 32n));
  }
}
