import { assert } from "../assert.ts";
import type { EndedBy } from "../program-spec.ts";

export interface ProgramExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What a supervisor sees at one tick. */
export interface Situation {
  readonly exit: ProgramExit | null;
  /** The run was cancelled or failed. */
  readonly isStopAsked: boolean;
  /** Somebody told the supervisor itself to go: a person, or the machine that shuts down. */
  readonly isDismissed: boolean;
  readonly steadyMs: number;
  /** Null while the program waits for its slot: its clock has not started. */
  readonly deadlineMs: number | null;
}

export type SupervisionStep =
  | { readonly kind: "go-on" }
  | { readonly kind: "end"; readonly endedBy: EndedBy };

/**
 * The program's own end comes first: what it did counts, even when we wanted to end it anyway. But
 * when the machine shuts down, program and supervisor are told to go together; what the program then
 * ends with says nothing about its work, unless it was done.
 */
export function decideSupervision(situation: Situation): SupervisionStep {
  const { exit, isStopAsked, isDismissed, steadyMs, deadlineMs } = situation;
  if (exit !== null) {
    assert((exit.exitCode === null) !== (exit.signal === null), "an exit has a code or a signal");
    if (isDismissed && exit.exitCode !== 0) return { kind: "end", endedBy: "lost" };
    return { kind: "end", endedBy: exit.signal === null ? "exit" : "signal" };
  }
  if (isStopAsked) return { kind: "end", endedBy: "stopped" };
  if (isDismissed) return { kind: "end", endedBy: "lost" };
  if (deadlineMs !== null && steadyMs >= deadlineMs) return { kind: "end", endedBy: "wall-limit" };
  return { kind: "go-on" };
}
