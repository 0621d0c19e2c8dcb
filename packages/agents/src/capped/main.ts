// One small process beside each agent that has caps, which its supervisor runs as the program: see
// `watch-agent.ts`. It loads neither zod nor the SDK.

import { constants } from "node:os";
import type { AgentExit } from "./agent-exit.ts";
import { readOrder } from "./order.ts";
import { watchAgent } from "./watch-agent.ts";
import { WatchError } from "./watch-error.ts";

const DISMISSING = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/** Of the others Bun would write a report, as of a crash of its own. */
const PASSED_ON: ReadonlySet<string> = new Set([...DISMISSING, "SIGKILL"]);

const dismissal = new AbortController();
let dismissedBy: NodeJS.Signals | null = null;
for (const signal of DISMISSING) {
  process.on(signal, () => {
    dismissedBy ??= signal;
    dismissal.abort();
  });
}

/** As the agent has ended, so that whoever reads our end reads its. */
function endAs({ exitCode, signal }: AgentExit): never {
  if (signal === null) process.exit(exitCode ?? 1);
  for (const name of DISMISSING) process.removeAllListeners(name);
  if (PASSED_ON.has(signal)) process.kill(process.pid, signal);
  // As a shell tells it.
  process.exit(128 + constants.signals[signal]);
}

try {
  const exit = await watchAgent(readOrder(process.argv.slice(2)), dismissal.signal);
  endAs(dismissedBy === null ? exit : { exitCode: null, signal: dismissedBy });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof WatchError ? error.exitCode : 1);
}
