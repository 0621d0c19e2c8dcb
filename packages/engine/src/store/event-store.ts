import type { Database, Statement } from "bun:sqlite";
import { type EventPayload, eventPayload, type StoredEvent } from "../core/event.ts";
import { RowMemory, type RowWrite } from "./row-memory.ts";

const INSERT = `
  INSERT INTO events (internal_id, id, name, ts_ms, received_at_ms, payload_json)
  VALUES ($internalId, $id, $name, $tsMs, $receivedAtMs, $payloadJson)
  ON CONFLICT (internal_id) DO NOTHING`;

/** Those that have just come: their runs are called with them. */
const ROWS_KEPT_MAX = 1_000;
const BYTES_KEPT_MAX = 2 * 1024 * 1024;

export class EventStore {
  /** Their payloads as JSON. */
  readonly memory = new RowMemory<string>({
    rowsMax: ROWS_KEPT_MAX,
    bytesMax: BYTES_KEPT_MAX,
    sizeOf: (payloadJson) => payloadJson.length,
  });
  readonly #insert: RowWrite<string>;
  readonly #payload: Statement<{ payloadJson: string }, [string]>;
  readonly #find: Statement<{ payloadJson: string; receivedAtMs: number }, [string]>;

  constructor(db: Database) {
    this.#insert = this.memory.prepareWrite(db, INSERT);
    this.#payload = db.query(
      "SELECT payload_json AS payloadJson FROM events WHERE internal_id = ?",
    );
    this.#find = db.query(`
      SELECT payload_json AS payloadJson, received_at_ms AS receivedAtMs
      FROM events WHERE internal_id = ?`);
  }

  /** Returns false when the event is there already: a send that the SDK repeated under one seed. */
  insert(event: StoredEvent): boolean {
    const { internalId, id, name, tsMs, receivedAtMs } = event;
    const payloadJson = JSON.stringify(eventPayload(event));
    const row = { internalId, id, name, tsMs, receivedAtMs, payloadJson };
    return this.#insert.run(internalId, row, () => payloadJson);
  }

  find(internalId: string): StoredEvent | null {
    const row = this.#find.get(internalId);
    if (row === null) return null;
    // `insert` wrote it.
    const { ts: tsMs, ...payload } = JSON.parse(row.payloadJson) as EventPayload;
    return { ...payload, internalId, tsMs, receivedAtMs: row.receivedAtMs };
  }

  /** The event as JSON text, as functions get it. */
  findPayloadJson(internalId: string): string | null {
    const known = this.memory.find(internalId);
    if (known !== undefined) return known;
    const row = this.#payload.get(internalId);
    if (row === null) return null;
    this.memory.keep(internalId, row.payloadJson);
    return row.payloadJson;
  }
}
