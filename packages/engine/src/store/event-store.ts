import type { Database, Statement } from "bun:sqlite";
import { eventPayload, type StoredEvent } from "../core/event.ts";

const INSERT = `
  INSERT INTO events (internal_id, id, name, ts_ms, received_at_ms, payload_json)
  VALUES ($internalId, $id, $name, $tsMs, $receivedAtMs, $payloadJson)
  ON CONFLICT (internal_id) DO NOTHING`;

export class EventStore {
  readonly #insert: Statement;
  readonly #payload: Statement<{ payloadJson: string }, [string]>;

  constructor(db: Database) {
    this.#insert = db.query(INSERT);
    this.#payload = db.query(
      "SELECT payload_json AS payloadJson FROM events WHERE internal_id = ?",
    );
  }

  /** Returns false when the event is there already: a send that the SDK repeated under one seed. */
  insert(event: StoredEvent): boolean {
    const { internalId, id, name, tsMs, receivedAtMs } = event;
    const payloadJson = JSON.stringify(eventPayload(event));
    const row = { internalId, id, name, tsMs, receivedAtMs, payloadJson };
    return this.#insert.run(row).changes > 0;
  }

  /** The event as JSON text, as functions get it. */
  findPayloadJson(internalId: string): string | null {
    return this.#payload.get(internalId)?.payloadJson ?? null;
  }
}
