import {
  isAlive,
  type ProcessIdentity,
  type ProcessTable,
  signalVerified,
} from "@system-bus/programs/processes";
import type { Clock } from "../clock.ts";
import { CliError } from "../output/failure.ts";

/** Longer than worker and engine may take one after the other. */
const STOP_MAX_MS = 60_000;
const LOOK_GAP_MS = 100;

export interface StopWorld {
  readonly processes: ProcessTable;
  readonly clock: Clock;
  /** Ends the waiting; what was asked to stop stops all the same. */
  readonly signal: AbortSignal;
}

/** As Ctrl-C would: worker first, then engine. Returns when it has ended. Throws `timed-out`, or `interrupted`. */
export async function stopSupervisor(
  supervisor: ProcessIdentity,
  { processes, clock, signal }: StopWorld,
): Promise<void> {
  await signalVerified(processes, supervisor, "SIGTERM");
  const giveUpAtMs = clock.nowMs() + STOP_MAX_MS;
  while (await isAlive(processes, supervisor)) {
    if (signal.aborted) {
      throw new CliError({
        code: "interrupted",
        message: "Not waited for: the bus is asked to stop, and does.",
        fix: "`igs status` says when it is gone.",
      });
    }
    if (clock.nowMs() >= giveUpAtMs) {
      throw new CliError({
        code: "timed-out",
        message: `The bus (pid ${supervisor.pid}) did not stop within ${STOP_MAX_MS / 1_000} s.`,
        fix: `End it with \`kill -9 ${supervisor.pid}\`: nothing is lost. Then run the same command again.`,
      });
    }
    await clock.sleepMs(LOOK_GAP_MS, signal);
  }
}
