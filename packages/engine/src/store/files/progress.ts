/** How far long work on a file is. */
export interface Progress {
  readonly stage: "copying" | "checking";
  /** 0 … 1. */
  readonly share: number;
}

export interface LongWork {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Aborted: the work stops at the next bite and leaves everything as it was. */
  readonly signal?: AbortSignal | undefined;
}
