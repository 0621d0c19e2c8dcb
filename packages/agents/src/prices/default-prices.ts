import type { ModelPrice, PriceTable } from "./price-table.ts";

type Row = readonly [inputUsd: number, cachedUsd: number, outputUsd: number];

/** As pi 0.73.1 lists them, of that day. Where a provider has no cheaper cache, it costs as much. */
const ROWS: Readonly<Record<string, Row>> = {
  "gpt-5": [1.25, 0.125, 10],
  "gpt-5-codex": [1.25, 0.125, 10],
  "gpt-5-mini": [0.25, 0.025, 2],
  "gpt-5-nano": [0.05, 0.005, 0.4],
  "gpt-5-pro": [15, 15, 120],
  "gpt-5.1": [1.25, 0.125, 10],
  "gpt-5.1-codex": [1.25, 0.125, 10],
  "gpt-5.1-codex-max": [1.25, 0.125, 10],
  "gpt-5.1-codex-mini": [0.25, 0.025, 2],
  "gpt-5.2": [1.75, 0.175, 14],
  "gpt-5.2-codex": [1.75, 0.175, 14],
  "gpt-5.2-pro": [21, 21, 168],
  "gpt-5.3-codex": [1.75, 0.175, 14],
  "gpt-5.3-codex-spark": [1.75, 0.175, 14],
  "gpt-5.4": [2.5, 0.25, 15],
  "gpt-5.4-mini": [0.75, 0.075, 4.5],
  "gpt-5.4-nano": [0.2, 0.02, 1.25],
  "gpt-5.4-pro": [30, 30, 180],
  "gpt-5.5": [5, 0.5, 30],
  "gpt-5.5-pro": [30, 30, 180],
  o3: [2, 0.5, 8],
  "o3-mini": [1.1, 0.55, 4.4],
  "o3-pro": [20, 20, 80],
  "o4-mini": [1.1, 0.28, 4.4],
  "claude-haiku-4-5": [1, 0.1, 5],
  "claude-opus-4": [15, 1.5, 75],
  "claude-opus-4-0": [15, 1.5, 75],
  "claude-opus-4-1": [15, 1.5, 75],
  "claude-opus-4-5": [5, 0.5, 25],
  "claude-opus-4-6": [5, 0.5, 25],
  "claude-opus-4-7": [5, 0.5, 25],
  "claude-sonnet-4": [3, 0.3, 15],
  "claude-sonnet-4-0": [3, 0.3, 15],
  "claude-sonnet-4-5": [3, 0.3, 15],
  "claude-sonnet-4-6": [3, 0.3, 15],
  "gemini-2.5-flash": [0.3, 0.03, 2.5],
  "gemini-2.5-flash-lite": [0.1, 0.025, 0.4],
  "gemini-2.5-pro": [1.25, 0.125, 10],
  "gemini-3-flash-preview": [0.5, 0.05, 3],
  "gemini-3-pro-preview": [2, 0.2, 12],
  "gemini-3.1-flash-lite-preview": [0.25, 0.025, 1.5],
  "gemini-3.1-pro-preview": [2, 0.2, 12],
};

const priceOf = ([inputUsd, cachedUsd, outputUsd]: Row): ModelPrice => ({
  inputUsd,
  cachedUsd,
  outputUsd,
});

export const DEFAULT_PRICES: PriceTable = {
  asOf: "2026-05-08",
  models: Object.fromEntries(Object.entries(ROWS).map(([model, row]) => [model, priceOf(row)])),
};
