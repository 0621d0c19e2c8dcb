/** What the awaited event does: ends the step that waits for it, or cancels the run (`cancelOn`). */
export type WaitPurpose = "step" | "cancel";

/** A run that waits for an event. */
export interface Wait {
  readonly purpose: WaitPurpose;
  readonly runId: string;
  /** Of a cancelling wait its place in the function's `cancelOn`, which no step's hash looks like. */
  readonly stepId: string;
  readonly eventName: string;
  readonly expression: string | null;
  /** From when on the event does nothing; null for a step's wait, which a queue item ends. */
  readonly expiresAtMs: number | null;
}

/** One equality by which an event finds its waits. Both are empty when an expression has none. */
export interface WaitMatch {
  /** Path in the event, such as `data.key`. */
  readonly path: string;
  /** JSON of the value at that path. */
  readonly json: string;
}

/** A step that waits for a signal. */
export interface SignalWait {
  readonly signal: string;
  readonly runId: string;
  readonly stepId: string;
}
