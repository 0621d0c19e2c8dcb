/** US dollars for a million tokens. */
export interface ModelPrice {
  readonly inputUsd: number;
  /** Of input that came from the provider's cache. */
  readonly cachedUsd: number;
  readonly outputUsd: number;
}

export interface PriceTable {
  /** The day on which its prices were looked up: `2026-11-24`. */
  readonly asOf: string;
  readonly models: Readonly<Record<string, ModelPrice>>;
}
