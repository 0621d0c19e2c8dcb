import type { ProcessTree } from "../processes/process-tree.ts";
import type { Supervision } from "./supervision.ts";

/** A beat that cannot be written (a full disk) is missed, not fatal. */
export async function writeHeartbeat(
  { folder, clock, log }: Supervision,
  tree: ProcessTree,
): Promise<void> {
  try {
    await folder.writeHeartbeat({ beatAt: new Date(clock.nowMs()).toISOString(), tree });
  } catch (error) {
    log(`missed a heartbeat: ${String(error)}`);
  }
}
