import { assert } from "../assert.ts";

/** Signals one process, never a group (0 and negatives mean groups); one that is gone is fine. */
export function sendSignal(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  assert(Number.isInteger(pid) && pid > 1, "a signal goes to one ordinary process");
  assert(pid !== process.pid, "a process does not signal itself");
  try {
    process.kill(pid, signal);
  } catch (error) {
    // EPERM: the process changed its user (sudo), so we cannot end it; the caller sees it survive.
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code !== "ESRCH" && error.code !== "EPERM") throw error;
  }
}
