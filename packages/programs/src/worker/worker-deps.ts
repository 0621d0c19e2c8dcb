import type { SendTo } from "../announce.ts";
import type { Clock } from "../clock.ts";
import type { ProcessTable } from "../processes/process-table.ts";

/** What the worker's side of this package works with; `createPrograms` fills it once. */
export interface WorkerDeps {
  readonly dir: string;
  readonly slots: Readonly<Record<string, number>>;
  readonly sendTo: SendTo;
  readonly table: ProcessTable;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly supervisorCommand: readonly string[];
  readonly outputMaxBytes: number;
  /** How long a collected program's folder stays. */
  readonly retainMs: number;
  readonly log: (message: string) => void;
}
