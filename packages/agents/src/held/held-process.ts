import type { Environment } from "../agent.ts";
import { HoldError } from "./hold-error.ts";
import type { ProcessExit } from "./process-exit.ts";

export interface HeldProcess {
  readonly ended: Promise<ProcessExit>;
  /** At once, and once is enough. */
  kill(): void;
}

export interface StartOptions {
  readonly cwd: string;
  readonly env: Environment;
  /** `inherit`: ours. `pipe`: one that ends when we end. */
  readonly stdin: "inherit" | "pipe";
}

/**
 * With our own output, so that nothing of it goes through us: what it prints is what it prints without
 * us, and it never waits for a reader. In a group of its own, to be killed by one call, with what of it
 * has stayed there, such as the codex that node has started. Its tools may have left the group; they ask
 * no model, and the supervisor finds them.
 */
export function startHeld(argv: readonly string[], options: StartOptions): HeldProcess {
  const child = spawn(argv, options);
  return {
    ended: child.exited.then(() => exitOf(child)),
    kill: () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // Nobody is left in it, or not yet there.
        child.kill("SIGKILL");
      }
    },
  };
}

function spawn(argv: readonly string[], { cwd, env, stdin }: StartOptions): Bun.Subprocess {
  try {
    return Bun.spawn([...argv], {
      cwd,
      // A shell that started us has noted its own folder there.
      env: { ...env, PWD: cwd },
      stdin,
      stdout: "inherit",
      stderr: "inherit",
      detached: true,
    });
  } catch (cause) {
    throw new HoldError(127, `cannot start ${argv[0]}: ${String(cause)}`, { cause });
  }
}

function exitOf({ exitCode, signalCode }: Bun.Subprocess): ProcessExit {
  // A number is a signal that has no name: told as a shell does.
  if (typeof signalCode === "number") return { exitCode: 128 + signalCode, signal: null };
  return { exitCode, signal: signalCode };
}
