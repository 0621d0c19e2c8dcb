/** How long what is over is kept. Null is for ever. */
export interface Retention {
  /** Ended runs, and events that started none, are kept for this long. */
  readonly keptMs: number | null;
  /** Of the ended runs the newest so many are kept. */
  readonly runsMax: number | null;
}

/** A run's place in the order in which runs ended. */
export interface RunEnd {
  readonly endedAtMs: number;
  readonly runId: string;
}

/** The rows of the first bite. */
export const BITE_ROWS_FIRST = 16;
const BITE_ROWS_MAX = 256;
/** A commit that has to wait for a bite waits no longer than for the disk. */
const BITE_MS_MAX = 4;

/** How many rows the next bite may have, from how long the last one took: a row may be 4 MB or 40 bytes. */
export function nextBiteRows(rows: number, durationMs: number): number {
  if (durationMs > BITE_MS_MAX) return Math.max(Math.floor(rows / 2), 1);
  return durationMs > BITE_MS_MAX / 2 ? rows : Math.min(rows * 2, BITE_ROWS_MAX);
}
