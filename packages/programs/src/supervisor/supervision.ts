import type { Clock } from "../clock.ts";
import type { ProgramFolder } from "../folder/program-folder.ts";
import type { StopMarks } from "../folder/stop-marks.ts";
import type { ProcessTable } from "../processes/process-table.ts";
import type { SupervisorOrder } from "./order.ts";

export interface SupervisorDeps {
  readonly table: ProcessTable;
  readonly clock: Clock;
  /** True once somebody has told this process to go. */
  readonly isDismissed: () => boolean;
  readonly log: (message: string) => void;
}

export interface Supervision extends SupervisorDeps {
  readonly order: SupervisorOrder;
  readonly folder: ProgramFolder;
  readonly stopMarks: StopMarks;
}

/** How often a supervisor looks around: for a stop, the wall limit, its slot. */
export const TICK_MS = 200;
