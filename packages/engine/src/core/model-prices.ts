// What models cost by their providers' public price lists (https://openai.com/api/pricing,
// https://www.anthropic.com/pricing, https://ai.google.dev/pricing), as of July 2026. An estimate: no
// discounts, no cache, no batches. Models that are not listed have none.

import type { MetadataValues } from "./metadata.ts";

/** US dollars for a million tokens: in, out. */
type Price = readonly [input: number, output: number];

const PRICES: ReadonlyMap<string, Price> = new Map([
  ["gpt-4", [30, 60]],
  ["gpt-4-turbo", [10, 30]],
  ["gpt-4.1", [2, 8]],
  ["gpt-4.1-mini", [0.4, 1.6]],
  ["gpt-4.1-nano", [0.1, 0.4]],
  ["gpt-4o", [2.5, 10]],
  ["gpt-4o-2024-05-13", [5, 15]],
  ["gpt-4o-mini", [0.15, 0.6]],
  ["gpt-5", [1.25, 10]],
  ["gpt-5-codex", [1.25, 10]],
  ["gpt-5-mini", [0.25, 2]],
  ["gpt-5-nano", [0.05, 0.4]],
  ["gpt-5-pro", [15, 120]],
  ["gpt-5.1", [1.25, 10]],
  ["gpt-5.1-codex", [1.25, 10]],
  ["gpt-5.1-codex-mini", [0.25, 2]],
  ["gpt-5.2", [1.75, 14]],
  ["gpt-5.2-codex", [1.75, 14]],
  ["gpt-5.2-pro", [21, 168]],
  ["gpt-5.3-codex", [1.75, 14]],
  ["gpt-5.4", [2.5, 15]],
  ["gpt-5.4-mini", [0.75, 4.5]],
  ["gpt-5.4-nano", [0.2, 1.25]],
  ["gpt-5.4-pro", [30, 180]],
  ["gpt-5.5", [5, 30]],
  ["gpt-5.5-pro", [30, 180]],
  ["o1", [15, 60]],
  ["o3", [2, 8]],
  ["o3-mini", [1.1, 4.4]],
  ["o3-pro", [20, 80]],
  ["o4-mini", [1.1, 4.4]],
  ["text-embedding-3-large", [0.13, 0]],
  ["text-embedding-3-small", [0.02, 0]],
  ["claude-3-haiku", [0.25, 1.25]],
  ["claude-3-5-sonnet", [3, 15]],
  ["claude-3-7-sonnet", [3, 15]],
  ["claude-haiku-4-5", [1, 5]],
  ["claude-opus-4", [15, 75]],
  ["claude-opus-4-1", [15, 75]],
  ["claude-opus-4-5", [5, 25]],
  ["claude-opus-4-6", [5, 25]],
  ["claude-opus-4-7", [5, 25]],
  ["claude-opus-4-8", [5, 25]],
  ["claude-sonnet-4", [3, 15]],
  ["claude-sonnet-4-5", [3, 15]],
  ["claude-sonnet-4-6", [3, 15]],
  ["claude-sonnet-5", [2, 10]],
  ["gemini-2.0-flash", [0.1, 0.4]],
  ["gemini-2.0-flash-lite", [0.075, 0.3]],
  ["gemini-2.5-flash", [0.3, 2.5]],
  ["gemini-2.5-flash-lite", [0.1, 0.4]],
  ["gemini-2.5-pro", [1.25, 10]],
  ["gemini-3-flash-preview", [0.5, 3]],
  ["gemini-3-pro-preview", [2, 12]],
  ["gemini-3.1-flash-lite", [0.25, 1.5]],
  ["gemini-3.1-pro-preview", [2, 12]],
  ["gemini-3.5-flash", [1.5, 9]],
]);

/** `gpt-5.4-nano-2026-03-17`, `claude-haiku-4-5-20251001`: a model as it was on that day. */
const SNAPSHOT = /-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest|0)$/;
const TOKENS_PER_PRICE = 1_000_000;

/**
 * US dollars, from the model and the tokens of an `inngest.ai` entry. Undefined where either is not told,
 * or the model is not one whose price is known here.
 */
export function estimateCost(values: MetadataValues): number | undefined {
  const { response_model: responded, request_model: requested } = values;
  const price = findPrice(responded) ?? findPrice(requested);
  const { input_tokens: input, output_tokens: output } = values;
  if (price === undefined || typeof input !== "number" || typeof output !== "number") return;
  const cost = (input * price[0] + output * price[1]) / TOKENS_PER_PRICE;
  return Number.isFinite(cost) && cost >= 0 ? cost : undefined;
}

function findPrice(model: unknown): Price | undefined {
  if (typeof model !== "string") return undefined;
  return PRICES.get(model) ?? PRICES.get(model.replace(SNAPSHOT, ""));
}
