/** What to run, and its bounds. */
export interface ProgramSpec {
  /** A name to look up on the PATH, or an absolute path. Never a shell line. */
  readonly command: string;
  readonly args: readonly string[];
  /** Where the program starts. Without it: a folder of its own, `EndedProgram.dir`. */
  readonly cwd?: string;
  /** A file that the program reads as its standard input. Without it, the input is empty. */
  readonly inputPath?: string;
  /** Added to the allow-list of `program-environment.ts`. It is never written to disk. */
  readonly env?: Readonly<Record<string, string>>;
  /** A named right to run, such as `gpu`. First come, first served, across processes. */
  readonly slot?: string;
  /** How long the program may run. Its clock starts when the slot is granted. */
  readonly wallClockMaxMs: number;
  /**
   * How long its processes may take to end after SIGTERM, where the usual grace is too long: an agent
   * that is told to end goes on asking its model until it has.
   */
  readonly graceMaxMs?: number;
  /** How many programs may be started for one step, the first one included. */
  readonly attemptsMax: number;
}

/**
 * How a program ended. `exit` and `signal` are its own doing, `wall-limit` and `stopped` ours; `lost`
 * is a program whose end nobody saw: a reboot took it, or its supervisor was killed.
 */
export type EndedBy = "exit" | "signal" | "wall-limit" | "stopped" | "lost";

export interface EndedProgram {
  readonly key: string;
  readonly endedBy: EndedBy;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** The program's own working folder: kept until it is retired, so copy out what has to stay. */
  readonly dir: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** When it was let go; null when it never was. */
  readonly startedAt: string | null;
  readonly endedAt: string;
  /** Bytes cut out of the middle of stdout and stderr because they outgrew their bound. */
  readonly outputDroppedBytes: number;
}

/** A program whose end nobody saw. What it had written until then may be there, or may not. */
export type LostProgram = Pick<EndedProgram, "key" | "stdoutPath" | "stderrPath" | "dir">;
