import { closeSync, openSync } from "node:fs";
import type { ProgramExit } from "../life/decide-supervision.ts";
import type { LaunchOrder } from "./order.ts";

/** A process that is there, but runs none of the program's instructions before it is let go. */
export interface GatedProgram {
  readonly pid: number;
  /** Lets the program start. If we die instead, its gate closes and it never does. */
  letGo(): Promise<void>;
  /** Null while it lives. */
  exit(): ProgramExit | null;
  readonly ended: Promise<ProgramExit>;
}

/**
 * POSIX sh and nothing more. It reads one line from us; at the end of input, which is what our death
 * looks like, it leaves. `exec` keeps pid and start time, so the identity noted before is the
 * program's. Its stdin is a file, the empty one as a rule: an open pipe would keep some programs
 * waiting for its end.
 */
const GATE = `IFS= read -r word && [ "$word" = go ] || exit 125
input=$1
shift
exec "$@" <"$input"`;

export interface OutputPaths {
  readonly stdoutPath: string;
  readonly stderrPath: string;
}

/** Throws when the folder to start in is missing, or the arguments are too long for the system. */
export function openGate(
  launch: LaunchOrder,
  { stdoutPath, stderrPath }: OutputPaths,
): GatedProgram {
  // Appending matters: `cutOutput` shortens these files while the program writes.
  const stdout = openSync(stdoutPath, "a", 0o600);
  const stderr = openSync(stderrPath, "a", 0o600);
  try {
    const words = [launch.inputPath ?? "/dev/null", launch.command, ...launch.args];
    const child = Bun.spawn(["/bin/sh", "-c", GATE, "gate", ...words], {
      cwd: launch.cwd,
      env: { ...launch.env },
      stdin: "pipe",
      stdout,
      stderr,
      detached: true,
    });
    let exit: ProgramExit | null = null;
    const ended = child.exited.then(() => {
      exit = readExit(child);
      return exit;
    });
    return {
      pid: child.pid,
      letGo: async () => {
        try {
          child.stdin.write("go\n");
          await child.stdin.end();
        } catch {
          // Killed at the gate: `ended` tells.
        }
      },
      exit: () => exit,
      ended,
    };
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}

function readExit(child: Bun.Subprocess): ProgramExit {
  return child.signalCode === null
    ? { exitCode: child.exitCode, signal: null }
    : { exitCode: null, signal: String(child.signalCode) };
}
