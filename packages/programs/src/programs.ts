import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Clock, systemClock } from "./clock.ts";
import { openProcessTable, type ProcessTable } from "./processes/process-table.ts";
import type { EndedProgram, ProgramSpec } from "./program-spec.ts";
import type { ProgramStatus } from "./program-status.ts";
import type { StepTools } from "./step-tools.ts";
import { Caretaker } from "./worker/caretaker.ts";
import { listPrograms } from "./worker/list-programs.ts";
import { Rounds } from "./worker/rounds.ts";
import { runProgram } from "./worker/run-program.ts";
import { stopRun } from "./worker/stop-run.ts";
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

export interface ProgramRequest<T> {
  /** The Inngest run that the step belongs to. */
  readonly runId: string;
  readonly spec: ProgramSpec;
  /**
   * Runs in the last step: looks at exit code *and* result, and returns a small JSON value. Throws
   * `ProgramRetry` to ask for another program, `NonRetriableError` to fail the run; any other error
   * repeats the reading alone. A program that was lost or stopped is not read.
   */
  readonly read: (ended: EndedProgram) => Promise<T>;
}

export interface Programs {
  /**
   * Runs a program as steps of a run: `<id>` starts it, `<id>:finished` waits, `<id>:result` reads.
   * Later program attempts are `<id>:2`, `<id>:2:finished`, `<id>:2:result`.
   */
  run<T>(step: StepTools, id: string, request: ProgramRequest<T>): Promise<T>;
  /** Ends the run's programs within two seconds, and refuses those still on their way. */
  stopRun(runId: string): Promise<void>;
  /** Finds the programs of an earlier life of this worker, and keeps looking after them. */
  resume(): Promise<void>;
  /** Living and recent programs, the latest run first. */
  list(): Promise<readonly ProgramStatus[]>;
  /** Stops the timers of `resume`. Programs go on. */
  close(): Promise<void>;
}

const OUTPUT_MAX_BYTES = 32 * 1024 * 1024;
const RETAIN_MS = 7 * 24 * 3_600_000;
const LOOK_EVERY_MS = 5_000;

export function createPrograms(options: ProgramsOptions): Programs {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const deps = fillDeps(options);
  const caretaker = new Caretaker(deps);
  const rounds = new Rounds({
    look: () => caretaker.look(),
    everyMs: options.lookEveryMs ?? LOOK_EVERY_MS,
    onError: (error) => deps.log(`looking after programs failed: ${String(error)}`),
  });

  return {
    run: async <T>(step: StepTools, id: string, request: ProgramRequest<T>) =>
      // What `read` returned, gone through the run's state as JSON: the T that the caller declared.
      (await runProgram(deps, step, { id, request })) as T,
    stopRun: (runId) => stopRun(deps, runId),
    resume: () => rounds.begin(),
    list: () => listPrograms(deps),
    close: async () => {
      caretaker.close();
      await rounds.end();
    },
  };
}

function fillDeps(options: ProgramsOptions): WorkerDeps {
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
