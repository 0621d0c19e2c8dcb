import type { Clock } from "../clock.ts";
import type { ProgramFolder } from "../folder/program-folder.ts";
import { isAlive, type ProcessTable, signalVerified } from "../processes/process-table.ts";
import { ProgramError } from "../program-error.ts";

export interface KillDeps {
  readonly table: ProcessTable;
  readonly clock: Clock;
}

const LOOKS_MAX = 100;
const LOOK_EVERY_MS = 20;

/**
 * Returns when the supervisor is dead, not when it was signalled: only then can it let no program go
 * any more, and what it guarded may be buried.
 */
export async function killSupervisor(
  folder: ProgramFolder,
  { table, clock }: KillDeps,
): Promise<void> {
  const claim = await folder.readClaim();
  if (claim === null) return;
  await signalVerified(table, claim.supervisor, "SIGKILL");
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (!(await isAlive(table, claim.supervisor))) return;
    await clock.sleepMs(LOOK_EVERY_MS);
  }
  const { pid } = claim.supervisor;
  throw new ProgramError("STILL_ALIVE", `the supervisor of ${folder.key} (${pid}) does not die`);
}
