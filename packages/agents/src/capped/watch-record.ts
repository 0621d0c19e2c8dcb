// What the watcher has counted, in its own folder (`EndedProgram.dir`): the middle of an output that
// outgrew its bound is gone, and with it what its calls have told.

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentUsage } from "../agent-result.ts";
import type { PriceTable } from "../prices/price-table.ts";

export interface WatchRecord {
  readonly usage: AgentUsage;
  /** Of the latest call; null before any has told. */
  readonly model: string | null;
  /** What those calls have cost whose price is known. */
  readonly pricedUsd: number;
  /** All of them. */
  readonly isPricedWhole: boolean;
  readonly prices: PriceTable;
}

export const WATCH_RECORD = "watched.json";

/** In the working folder; whole or not at all. */
export function writeWatchRecord(folder: string, record: WatchRecord): void {
  const path = join(folder, WATCH_RECORD);
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
