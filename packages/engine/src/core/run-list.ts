import type { RunStatus } from "./run.ts";

export const RUN_STATUSES = [
  "QUEUED",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "SKIPPED",
] as const satisfies readonly RunStatus[];

/** A run with the names behind its ids, as lists show it. */
export interface RunSummary {
  readonly id: string;
  readonly status: RunStatus;
  readonly appName: string;
  readonly functionId: string;
  /** `<app>-<function>`. */
  readonly functionSlug: string;
  readonly functionName: string;
  /** The first of the next. */
  readonly eventInternalId: string;
  /** What started the run: one event, or all of a batch. */
  readonly eventInternalIds: readonly string[];
  /** The run that it repeats. */
  readonly rerunOf: string | null;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** JSON of the result or the error; null while the run goes on, and where it was not asked for. */
  readonly outputJson: string | null;
}

/** What a list of runs is ordered by, and which moment `fromMs` and `untilMs` are about. */
export type RunTimeField = "queuedAt" | "startedAt" | "endedAt";

/** Where a page of runs ends. `atMs` is the ordering moment; for `queuedAt` the id says it all. */
export interface RunPosition {
  readonly id: string;
  readonly atMs: number;
}

export interface RunQuery {
  readonly timeField: RunTimeField;
  /** The first moment that is in. */
  readonly fromMs: number | null;
  /** The first moment that is out. */
  readonly untilMs: number | null;
  readonly order: "ASC" | "DESC";
  /** Null for every status. */
  readonly statuses: readonly RunStatus[] | null;
  /** Null for every function. */
  readonly functionIds: readonly string[] | null;
  readonly after: RunPosition | null;
  readonly limit: number;
  readonly withOutput: boolean;
}
