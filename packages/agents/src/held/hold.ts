import { constants } from "node:os";
import { HoldError } from "./hold-error.ts";
import type { ProcessExit } from "./process-exit.ts";

const DISMISSING = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** Of the others Bun would write a report, as of a crash of its own. */
const PASSED_ON: ReadonlySet<string> = new Set([...DISMISSING, "SIGKILL"]);

/**
 * The whole life of a process that holds another: it is told to go by `dismissed`, and ends as the other
 * has ended, so that whoever reads its end reads that one's.
 */
export async function hold(run: (dismissed: AbortSignal) => Promise<ProcessExit>): Promise<never> {
  const dismissal = new AbortController();
  let dismissedBy: NodeJS.Signals | null = null;
  for (const signal of DISMISSING) {
    process.on(signal, () => {
      dismissedBy ??= signal;
      dismissal.abort();
    });
  }
  try {
    const exit = await run(dismissal.signal);
    return endAs(dismissedBy === null ? exit : { exitCode: null, signal: dismissedBy });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(error instanceof HoldError ? error.exitCode : 1);
  }
}

function endAs({ exitCode, signal }: ProcessExit): never {
  if (signal === null) process.exit(exitCode ?? 1);
  for (const name of DISMISSING) process.removeAllListeners(name);
  if (PASSED_ON.has(signal)) process.kill(process.pid, signal);
  // As a shell tells it.
  process.exit(128 + constants.signals[signal]);
}
