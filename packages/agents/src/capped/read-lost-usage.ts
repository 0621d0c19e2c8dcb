import type { LostProgram } from "@system-bus/programs";
import type { AgentName } from "../agent.ts";
import type { AgentResult } from "../agent-result.ts";
import { openUsageMeter } from "../usage-meter.ts";
import { readWatchRecord } from "./read-watch-record.ts";

export type LostUsage = Pick<AgentResult, "usage" | "model"> & {
  /** Null when nobody can tell. */
  readonly costUsd: number | null;
};

/** What a `cappedAgentProgram` has used up whose end nobody saw: it is paid for all the same. */
export async function readLostUsage(name: AgentName, lost: LostProgram): Promise<LostUsage> {
  const watched = await readWatchRecord(lost.dir);
  if (watched === null) {
    return { usage: await openUsageMeter(name, lost).look(), model: null, costUsd: null };
  }
  const { usage, model, pricedUsd, isPricedWhole } = watched;
  return { usage, model, costUsd: isPricedWhole ? pricedUsd : null };
}
