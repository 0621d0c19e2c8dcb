import { fileURLToPath } from "node:url";
import { type Clock, systemClock } from "./clock.ts";
import { openProcessTable } from "./processes/open-process-table.ts";
import type { ProcessTable } from "./processes/process-table.ts";
import type { WorkerDeps } from "./worker/worker-deps.ts";

export interface ProgramsOptions {
  /** Holds one folder per program; made when missing, mode 0700. */
  readonly dir: string;
  /** How many programs may hold each named slot at once. */
  readonly slots: Readonly<Record<string, number>>;
  /** Where `program/finished` goes: the engine's address. */
  readonly sendTo: { readonly baseUrl: string; readonly eventKey: string | undefined };
  /** The environment of which programs get an allow-list. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How much of stdout and of stderr is kept; see `supervisor/cut-output.ts`. */
  readonly outputMaxBytes?: number;
  /** How long a program's folder stays after its result was read. */
  readonly retainMs?: number;
  /** How often `resume` looks after programs. */
  readonly lookEveryMs?: number;
  /** What starts a supervisor; a worker that is compiled into one file needs its own. */
  readonly supervisorCommand?: readonly string[];
  readonly table?: ProcessTable;
  readonly clock?: Clock;
  readonly onLog?: (message: string) => void;
}

const OUTPUT_MAX_BYTES = 32 * 1024 * 1024;
const RETAIN_MS = 7 * 24 * 3_600_000;

export function fillWorkerDeps(options: ProgramsOptions): WorkerDeps {
  const { dir, slots, sendTo } = options;
  return {
    dir,
    slots,
    sendTo: { baseUrl: sendTo.baseUrl, eventKey: sendTo.eventKey ?? null },
    table: options.table ?? openProcessTable(),
    clock: options.clock ?? systemClock,
    env: options.env ?? process.env,
    supervisorCommand: options.supervisorCommand ?? defaultSupervisorCommand(),
    outputMaxBytes: options.outputMaxBytes ?? OUTPUT_MAX_BYTES,
    retainMs: options.retainMs ?? RETAIN_MS,
    log: options.onLog ?? ((message) => console.error(message)),
  };
}

/** `--smol`: there is one such process beside each program, and it hardly does anything. */
function defaultSupervisorCommand(): readonly string[] {
  const main = fileURLToPath(new URL("./supervisor/main.ts", import.meta.url));
  return [process.execPath, "--smol", main];
}
