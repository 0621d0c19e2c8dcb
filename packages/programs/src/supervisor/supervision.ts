import type { Clock } from "../clock.ts";
import type { ProgramFolder } from "../folder/program-folder.ts";
import type { StopMarks } from "../folder/stop-marks.ts";
import type { ProcessTable } from "../processes/process-table.ts";
import type { KeepAwake } from "./keep-awake.ts";
import type { SupervisorOrder } from "./order.ts";

export interface SupervisorDeps {
  readonly table: ProcessTable;
  readonly clock: Clock;
  /** True once somebody has told this process to go. */
  readonly isDismissed: () => boolean;
  readonly keepAwake: KeepAwake;
  readonly log: (message: string) => void;
}

export interface Supervision extends SupervisorDeps {
  readonly order: SupervisorOrder;
  readonly folder: ProgramFolder;
  readonly stopMarks: StopMarks;
}

/**
 * A supervisor whose folder was deleted has lost its claim with it: another start of the same key
 * would find nothing, so it goes, and takes its program along.
 */
export async function mustGo({ folder, isDismissed }: Supervision): Promise<boolean> {
  return isDismissed() || !(await folder.exists());
}

/** How often a supervisor looks around: for a stop, the wall limit, its slot. */
export const TICK_MS = 200;
