import type { EndedBy } from "./program-spec.ts";

/** One program as people see it: `igs status`, the dashboard, and progress of a step. */
export interface ProgramStatus {
  readonly key: string;
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly command: string;
  /**
   * `requested`: its supervisor has not claimed it yet. `waiting`: stands in line for its slot.
   * `orphaned`: its supervisor died; the next scan ends it as lost.
   */
  readonly state: "requested" | "waiting" | "running" | "orphaned" | "ended";
  readonly slot: { readonly name: string; readonly aheadCount: number } | null;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly endedBy: EndedBy | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Its output as it grows; from time to time the middle may be cut out (`supervisor/cut-output.ts`). */
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** The last line of stdout or stderr, whichever was written last; for progress. */
  readonly lastLine: string | null;
  /** A run has read the result; nothing waits for this program any more. */
  readonly isCollected: boolean;
}
