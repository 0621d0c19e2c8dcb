/** A run that waits for an event. */
export interface Wait {
  readonly runId: string;
  readonly stepId: string;
  readonly eventName: string;
  readonly expression: string | null;
}

/** One equality by which an event finds its waits. Both are empty when an expression has none. */
export interface WaitMatch {
  /** Path in the event, such as `data.key`. */
  readonly path: string;
  /** JSON of the value at that path. */
  readonly json: string;
}
