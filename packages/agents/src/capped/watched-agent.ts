import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { AgentExit } from "./agent-exit.ts";
import type { WatchOrder } from "./order.ts";
import { WatchError } from "./watch-error.ts";

export interface WatchedAgent {
  readonly ended: Promise<AgentExit>;
  /** At once: the agent itself and what of it is in its group, such as the codex that node has started. */
  kill(): void;
}

/**
 * With our own input, output and environment, so that nothing of it goes through us: what it prints is
 * what it prints without us, and it needn't wait for a reader. In a group of its own, to be killed by
 * one call. Its tools may have left the group; they ask no model, and the supervisor finds them.
 */
export function startAgent({ command, args, folder }: WatchOrder, ownFolder: string): WatchedAgent {
  const cwd = folder ?? join(ownFolder, "agent");
  if (folder === null) mkdirSync(cwd, { recursive: true, mode: 0o700 });
  if (!existsSync(cwd)) throw new WatchError(1, `cannot work in ${cwd}: there is no such folder`);
  const child = spawn([command, ...args], cwd);
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

function spawn(argv: string[], cwd: string): Bun.Subprocess {
  try {
    return Bun.spawn(argv, {
      cwd,
      // A shell that started us has noted its own folder there.
      env: { ...process.env, PWD: cwd },
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
      detached: true,
    });
  } catch (cause) {
    throw new WatchError(127, `cannot start ${argv[0]}: ${String(cause)}`, { cause });
  }
}

function exitOf({ exitCode, signalCode }: Bun.Subprocess): AgentExit {
  // A number is a signal that has no name: told as a shell does.
  if (typeof signalCode === "number") return { exitCode: 128 + signalCode, signal: null };
  return { exitCode, signal: signalCode };
}
