import type { PriceTable } from "../prices/price-table.ts";
import { totalTokens } from "../usage.ts";
import type { WatchRecord } from "./watch-record.ts";

/** What one run of an agent may use up. Null: as much as it likes. */
export interface AgentCaps {
  /** Of input and output together, what came from the provider's cache included. */
  readonly tokensMax: number | null;
  readonly costMaxUsd: number | null;
  /** What its calls cost, where it doesn't reckon itself. */
  readonly prices: PriceTable;
}

/** Null while it may go on, else what it has used up. */
export function findReachedCap(
  { tokensMax, costMaxUsd }: AgentCaps,
  { usage, pricedUsd }: WatchRecord,
): string | null {
  const tokens = totalTokens(usage);
  if (tokensMax !== null && tokens >= tokensMax) {
    return `it has used ${tokens} tokens of ${Math.max(0, tokensMax)}`;
  }
  if (costMaxUsd !== null && pricedUsd >= costMaxUsd) {
    return `it has used $${pricedUsd.toFixed(4)} of $${Math.max(0, costMaxUsd).toFixed(4)}`;
  }
  return null;
}
