import type { ProgramFolder } from "../folder/program-folder.ts";
import { isAlive, type ProcessTable } from "../processes/process-table.ts";
import { decideLife, type ProgramLife } from "./program-life.ts";

/**
 * The order of the looks matters: whether the supervisor lives is asked before the end is read, so
 * one that writes the end and leaves in between is never taken for a dead one without an end.
 */
export async function readLife(folder: ProgramFolder, table: ProcessTable): Promise<ProgramLife> {
  if (!(await folder.exists())) return decideLife(null);
  const claim = await folder.readClaim();
  const isSupervisorAlive = claim !== null && (await isAlive(table, claim.supervisor));
  const launch = await folder.readLaunch();
  const ended = await folder.readEnded();
  const isCollected = ended !== null && (await folder.readCollected()) !== null;
  return decideLife({ claim, isSupervisorAlive, launch, ended, isCollected });
}
