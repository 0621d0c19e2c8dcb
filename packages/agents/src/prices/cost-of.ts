// Loaded by the watcher of `capped/` too: no zod here.

import type { AgentUsage } from "../agent-result.ts";
import type { ModelPrice, PriceTable } from "./price-table.ts";

const MILLION = 1_000_000;

/**
 * What it cost, in US dollars: as the agent itself reckons, else by the table. Null when neither can
 * tell. A provider's surcharges (for writing to its cache, for very long prompts) are not in the table.
 */
export function costOf(usage: AgentUsage, model: string | null, prices: PriceTable): number | null {
  if (usage.costUsd !== undefined) return usage.costUsd;
  const price = model === null ? undefined : findPrice(model, prices);
  if (price === undefined) return null;
  const { inputTokens, cachedTokens, outputTokens } = usage;
  const freshTokens = Math.max(0, inputTokens - cachedTokens);
  return (
    (freshTokens * price.inputUsd +
      cachedTokens * price.cachedUsd +
      outputTokens * price.outputUsd) /
    MILLION
  );
}

/**
 * By its whole name, else without what may stand around it: the provider it comes through
 * (`openrouter/anthropic/x`), the size of its window (`x[1m]`), the day of its release (`x-20251101`).
 */
function findPrice(model: string, { models }: PriceTable): ModelPrice | undefined {
  const bare = model.replace(/^.*\//, "").replace(/\[[^\]]*\]$/, "");
  const undated = bare.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, "");
  const name = [model, bare, undated].find((candidate) => Object.hasOwn(models, candidate));
  return name === undefined ? undefined : models[name];
}
