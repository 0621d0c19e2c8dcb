import type { Database, Statement } from "bun:sqlite";
import type { BatchEvent, OpenBatch } from "../core/batch.ts";

const OPEN_COLUMNS = `id, name, function_id AS functionId, event_count AS eventCount,
  size_bytes AS sizeBytes`;

const PUT_OPEN = `
  INSERT INTO open_batches (name, id, function_id, event_count, size_bytes)
  VALUES ($name, $id, $functionId, $eventCount, $sizeBytes)
  ON CONFLICT DO UPDATE SET
    id = excluded.id, event_count = excluded.event_count, size_bytes = excluded.size_bytes`;

const ADD_EVENT = `
  INSERT INTO batch_events (batch_id, position, event_internal_id, correlation_id)
  VALUES ($batchId, $position, $eventInternalId, $correlationId)`;

const EVENTS_OF = `
  FROM batch_events AS member JOIN events AS event ON event.internal_id = member.event_internal_id
  WHERE member.batch_id = ? ORDER BY member.position`;

/** Events that start one run together. */
export class BatchStore {
  readonly #find: Statement<OpenBatch, [string]>;
  readonly #put: Statement;
  readonly #close: Statement;
  readonly #ofFunction: Statement<OpenBatch, [string]>;
  readonly #addEvent: Statement;
  readonly #firstEvent: Statement<{ id: string }, [string]>;
  readonly #payloads: Statement<{ json: string }, [string]>;
  readonly #invokers: Statement<{ correlationId: string }, [string]>;

  constructor(db: Database) {
    this.#find = db.query(`SELECT ${OPEN_COLUMNS} FROM open_batches WHERE name = ?`);
    this.#put = db.query(PUT_OPEN);
    this.#close = db.query("DELETE FROM open_batches WHERE name = ?");
    this.#ofFunction = db.query(`SELECT ${OPEN_COLUMNS} FROM open_batches WHERE function_id = ?`);
    this.#addEvent = db.query(ADD_EVENT);
    this.#firstEvent = db.query(`SELECT event.internal_id AS id ${EVENTS_OF} LIMIT 1`);
    this.#payloads = db.query(`SELECT event.payload_json AS json ${EVENTS_OF}`);
    this.#invokers = db.query(`
      SELECT correlation_id AS correlationId FROM batch_events
      WHERE batch_id = ? AND correlation_id IS NOT NULL ORDER BY position`);
  }

  findOpen(name: string): OpenBatch | null {
    return this.#find.get(name);
  }

  putOpen(batch: OpenBatch): void {
    this.#put.run({ ...batch });
  }

  /** It takes no more events. */
  close(name: string): void {
    this.#close.run(name);
  }

  loadOpen(functionId: string): readonly OpenBatch[] {
    return this.#ofFunction.all(functionId);
  }

  addEvent(event: BatchEvent): void {
    this.#addEvent.run({ ...event });
  }

  /** The internal id of the first event that is still kept. */
  findFirstEventId(batchId: string): string | null {
    return this.#firstEvent.get(batchId)?.id ?? null;
  }

  /** The events as JSON texts, in the order in which they came. */
  loadPayloads(batchId: string): readonly string[] {
    return this.#payloads.all(batchId).map(({ json }) => json);
  }

  /** The steps that wait for the batch's run. */
  loadInvokers(batchId: string): readonly string[] {
    return this.#invokers.all(batchId).map(({ correlationId }) => correlationId);
  }
}
