/** A run that has ended, and its place in the order of ends. */
export interface EndedRun {
  readonly runId: string;
  readonly endedAtMs: number;
}

/** Runs up to and with this one are done with; an empty id stands before all of its moment. */
export type ExportCursor = EndedRun;
