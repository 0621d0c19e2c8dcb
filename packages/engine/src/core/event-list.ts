export interface EventRecord {
  readonly internalId: string;
  readonly id: string;
  readonly name: string;
  readonly tsMs: number;
  readonly receivedAtMs: number;
  /** The event as functions see it. */
  readonly payloadJson: string;
}

export interface EventQuery {
  /** Null for every name. */
  readonly name: string | null;
  /** Whether the engine's own events (`inngest/…`) are in the list. A `name` asks for its events anyway. */
  readonly includesInternal: boolean;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  /** The internal id that the page begins after. */
  readonly after: string | null;
  readonly limit: number;
}
