import type { EndedBy } from "../program-spec.ts";
import type { ProgramLife } from "./program-life.ts";

/** What the last step of a program does with what it finds. */
export type Collecting = "read" | "wait" | "bury" | "count-as-lost";

/** The wait may have run out without an event; then the step looks for itself. */
export function decideCollecting(life: ProgramLife): Collecting {
  switch (life.state) {
    case "ended":
      return life.ended.endedBy === "lost" ? "count-as-lost" : "read";
    case "waiting":
    case "running":
      return "wait";
    case "orphaned":
      return "bury";
    case "absent":
    case "requested":
      // The first step saw a claim: what there was has been deleted, or a power cut took it.
      return "count-as-lost";
  }
}

export interface FailedAttempt {
  readonly command: string;
  readonly attempt: number;
  readonly attemptsMax: number;
  readonly endedBy: EndedBy;
  readonly reason: string;
}

export type Verdict =
  | { readonly kind: "again"; readonly reason: string }
  | { readonly kind: "give-up"; readonly message: string };

export function decideVerdict(failed: FailedAttempt): Verdict {
  const { command, attempt, attemptsMax, endedBy, reason } = failed;
  if (endedBy === "stopped") {
    return { kind: "give-up", message: `${command} was stopped: its run was cancelled or failed` };
  }
  if (attempt < attemptsMax) return { kind: "again", reason };
  const count = attemptsMax === 1 ? "" : ` (attempt ${attempt} of ${attemptsMax})`;
  return { kind: "give-up", message: `${command}: ${reason}${count}` };
}
