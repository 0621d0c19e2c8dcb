import type { ModelCall } from "../model-call.ts";
import { costOf } from "../prices/cost-of.ts";
import type { PriceTable } from "../prices/price-table.ts";
import { UsageTally } from "../usage-tally.ts";
import type { WatchRecord } from "./watch-record.ts";

/** What an agent has used up so far, in tokens and in money. */
export class Spending {
  readonly #prices: PriceTable;
  readonly #tally = new UsageTally();
  #pricedUsd = 0;
  #isPricedWhole = true;

  constructor(prices: PriceTable) {
    this.#prices = prices;
  }

  /** False when this call was told of before. */
  add(call: ModelCall): boolean {
    if (!this.#tally.add(call)) return false;
    const costUsd = costOf(call.usage, this.#tally.model, this.#prices);
    this.#pricedUsd += costUsd ?? 0;
    this.#isPricedWhole &&= costUsd !== null;
    return true;
  }

  get used(): WatchRecord {
    const { usage, model } = this.#tally;
    return {
      ...{ usage, model, pricedUsd: this.#pricedUsd },
      isPricedWhole: this.#isPricedWhole,
      prices: this.#prices,
    };
  }
}
