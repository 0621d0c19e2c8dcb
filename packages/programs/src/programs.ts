import { mkdirSync } from "node:fs";
import type { EndedProgram, LostProgram, ProgramSpec } from "./program-spec.ts";
import type { ProgramStatus } from "./program-status.ts";
import { fillWorkerDeps, type ProgramsOptions } from "./programs-options.ts";
import type { StepTools } from "./step-tools.ts";
import { Caretaker } from "./worker/caretaker.ts";
import { listPrograms } from "./worker/list-programs.ts";
import { Rounds } from "./worker/rounds.ts";
import { runProgram } from "./worker/run-program.ts";
import { stopRun } from "./worker/stop-run.ts";

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
  /** What a last attempt comes to that was lost. Without it the run fails. */
  readonly readLost?: (lost: LostProgram) => Promise<T>;
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

const LOOK_EVERY_MS = 5_000;

export function createPrograms(options: ProgramsOptions): Programs {
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const deps = fillWorkerDeps(options);
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
