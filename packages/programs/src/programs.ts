import type { EndedProgram, ProgramSpec } from "./program-spec.ts";
import type { ProgramStatus } from "./program-status.ts";
import type { StepTools } from "./step-tools.ts";

export interface ProgramsOptions {
  /** Holds one folder per program; made when missing, mode 0700. */
  readonly dir: string;
  /** How many programs may hold each named slot at once. */
  readonly slots: Readonly<Record<string, number>>;
  /** Where `program/finished` goes: the engine's address. */
  readonly sendTo: { readonly baseUrl: string; readonly eventKey: string | undefined };
}

export interface ProgramRequest<T> {
  /** The Inngest run that the step belongs to. */
  readonly runId: string;
  readonly spec: ProgramSpec;
  /**
   * Runs in the last step: looks at exit code *and* result, and returns a small JSON value. Throws
   * `ProgramRetry` to ask for another program, `NonRetriableError` to fail the run; any other error
   * repeats the reading alone.
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
  /** Living and recent programs, the latest first. */
  list(): Promise<readonly ProgramStatus[]>;
  /** Stops the timers of `resume`. Programs go on. */
  close(): Promise<void>;
}

export function createPrograms(_options: ProgramsOptions): Programs {
  throw new Error("programs are not wired yet");
}
