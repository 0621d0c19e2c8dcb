/** An event as the engine keeps it. `data` and the rest of the payload are what the sender wrote. */
export interface StoredEvent {
  /** The engine's own ULID; its time is when the event was received. */
  readonly internalId: string;
  /** The sender's id where one was given (it deduplicates), else the internal id. */
  readonly id: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
  readonly v?: string;
  /** Unix milliseconds, from the sender or the moment of receipt. */
  readonly tsMs: number;
  readonly receivedAtMs: number;
}

/** The wire form: what functions see as `event`, and what the event API shows. */
export interface EventPayload {
  readonly id: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
  readonly ts: number;
  readonly v?: string;
}

export function eventPayload(event: StoredEvent): EventPayload {
  const { id, name, data, user, tsMs, v } = event;
  return v === undefined
    ? { id, name, data, user, ts: tsMs }
    : { id, name, data, user, ts: tsMs, v };
}
