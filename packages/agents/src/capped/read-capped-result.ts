import { readFile } from "node:fs/promises";
import type { EndedProgram } from "@system-bus/programs";
import type { AgentName } from "../agent.ts";
import type { AgentResult } from "../agent-result.ts";
import { costOf } from "../prices/cost-of.ts";
import { readAgentResult } from "../read-agent-result.ts";
import { largerUsage, totalTokens } from "../usage.ts";
import { CAPPED_EXIT_CODE, readCappedLine } from "./capped-end.ts";
import { readWatchRecord } from "./read-watch-record.ts";
import type { WatchRecord } from "./watch-record.ts";

/** Of one that was ended at its cap, the failure is a `timed-out` whose reason tells the cap. */
export type CappedAgentResult = AgentResult & {
  readonly isCapped: boolean;
  /** In US dollars: as the agent reckons, else by the price table; null when neither can tell. */
  readonly costUsd: number | null;
};

/** What the run of a `cappedAgentProgram` came to. */
export async function readCappedResult(
  name: AgentName,
  ended: EndedProgram,
): Promise<CappedAgentResult> {
  const result = await readAgentResult(name, ended);
  const watched = await readWatchRecord(ended.dir);
  const model = result.model ?? watched?.model ?? null;
  const usage = watched === null ? result.usage : largerUsage(watched.usage, result.usage);
  const costUsd = watched === null ? (usage.costUsd ?? null) : costIn({ usage, model }, watched);
  const accounted = { usage, model, costUsd, durationMs: result.durationMs };
  const reason = await readReachedCap(ended);
  if (reason === null) return { ...result, ...accounted, isCapped: false };
  return { ok: false, kind: "timed-out", reason, ...accounted, isCapped: true };
}

async function readReachedCap(ended: EndedProgram): Promise<string | null> {
  if (ended.endedBy !== "exit" || ended.exitCode !== CAPPED_EXIT_CODE) return null;
  return readCappedLine(await readFile(ended.stderrPath, "utf8").catch(() => ""));
}

/** Its own sum comes first: only the agent knows what else its provider charges for. */
function costIn(
  { usage, model }: Pick<AgentResult, "usage" | "model">,
  watched: WatchRecord,
): number | null {
  const isSeen = usage === watched.usage || totalTokens(usage) === totalTokens(watched.usage);
  if (usage.costUsd === undefined && isSeen && watched.isPricedWhole) return watched.pricedUsd;
  return costOf(usage, model, watched.prices);
}
