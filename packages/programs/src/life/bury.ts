import type { Clock } from "../clock.ts";
import type { ProgramFolder } from "../folder/program-folder.ts";
import { killTree } from "../processes/kill-tree.ts";
import type { ProcessTable } from "../processes/process-table.ts";
import { EMPTY_TREE, type ProcessTree, plantTree } from "../processes/process-tree.ts";
import type { EndedBy } from "../program-spec.ts";

export interface BuryOptions {
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly endedBy: Extract<EndedBy, "lost" | "stopped">;
  readonly graceMs: number;
}

/**
 * Ends a program whose supervisor is dead (L4): first whatever is left of it, then the record that
 * says so. May be repeated, and done by several at once.
 */
export async function bury(folder: ProgramFolder, options: BuryOptions): Promise<void> {
  const { table, clock, endedBy, graceMs } = options;
  const claim = await folder.readClaim();
  // In another boot nothing of it can live, and its pids are other people's now.
  if (claim?.supervisor.bootId === table.bootId) {
    await killTree(await readTree(folder), { table, clock, key: folder.key, graceMs });
  }
  await folder.writeEnded({
    endedBy,
    exitCode: null,
    signal: null,
    endedAt: new Date(clock.nowMs()).toISOString(),
    outputDroppedBytes: 0,
  });
}

async function readTree(folder: ProgramFolder): Promise<ProcessTree> {
  const launch = await folder.readLaunch();
  if (launch === null) return EMPTY_TREE;
  const root = plantTree(launch.program);
  const seen = (await folder.readHeartbeat())?.tree ?? EMPTY_TREE;
  return {
    members: [...root.members, ...seen.members],
    groupPids: [...root.groupPids, ...seen.groupPids],
    vacantGroupPids: seen.vacantGroupPids,
  };
}
