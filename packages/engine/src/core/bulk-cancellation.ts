/** Which runs are to be cancelled together. */
export interface RunSelection {
  readonly appName: string;
  /** As it was asked for; null for all functions of the app. */
  readonly functionSlug: string | null;
  readonly functionIds: readonly string[];
  /** Of the moment a run was queued; both bounds are out. */
  readonly startedAfterMs: number | null;
  readonly startedBeforeMs: number;
  /** A condition over the event that started the run; null for all. */
  readonly expression: string | null;
}

/** A selection of runs that is being cancelled, or was. */
export interface BulkCancellation extends RunSelection {
  readonly id: string;
  readonly createdAtMs: number;
  /** The last run that was looked at; empty before the first. */
  readonly position: string;
  readonly cancelledCount: number;
  readonly endedAtMs: number | null;
}
