const LINES_KEPT = 60;

/** What happened in a world: hashed line by line, so that two runs of one seed can be compared to the byte. */
export class WorldRecord {
  readonly #print: ((line: string) => void) | null;
  readonly #lastLines: string[] = [];
  /** How often each feature and each fault was met. */
  readonly counts = new Map<string, number>();
  #hash = 0n;

  constructor(print: ((line: string) => void) | null) {
    this.#print = print;
  }

  get hash(): string {
    return this.#hash.toString(16).padStart(16, "0");
  }

  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  note(line: string): void {
    this.#hash = BigInt(Bun.hash(line, this.#hash));
    this.#lastLines.push(line);
    if (this.#lastLines.length > LINES_KEPT) this.#lastLines.shift();
    this.#print?.(line);
  }

  count(name: string, by = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }
}
