import type { Database, Statement } from "bun:sqlite";
import type { DebouncedEvent } from "../core/debounce.ts";

const COLUMNS = `name, function_id AS functionId, event_internal_id AS eventInternalId,
  event_ts_ms AS eventTsMs, first_at_ms AS firstAtMs, correlation_id AS correlationId`;

const PUT = `
  INSERT INTO debounces (name, function_id, event_internal_id, event_ts_ms, first_at_ms, correlation_id)
  VALUES ($name, $functionId, $eventInternalId, $eventTsMs, $firstAtMs, $correlationId)
  ON CONFLICT DO UPDATE SET
    event_internal_id = excluded.event_internal_id, event_ts_ms = excluded.event_ts_ms,
    first_at_ms = excluded.first_at_ms, correlation_id = excluded.correlation_id`;

/** The newest event of each key that is debounced now; a queue item says when it starts its run. */
export class DebounceStore {
  readonly #find: Statement<DebouncedEvent, [string]>;
  readonly #put: Statement;
  readonly #take: Statement<DebouncedEvent, [string]>;
  readonly #names: Statement<{ name: string }, [string]>;

  constructor(db: Database) {
    this.#find = db.query(`SELECT ${COLUMNS} FROM debounces WHERE name = ?`);
    this.#put = db.query(PUT);
    this.#take = db.query(`DELETE FROM debounces WHERE name = ? RETURNING ${COLUMNS}`);
    this.#names = db.query("SELECT name FROM debounces WHERE function_id = ?");
  }

  find(name: string): DebouncedEvent | null {
    return this.#find.get(name);
  }

  put(held: DebouncedEvent): void {
    this.#put.run({ ...held });
  }

  /** Removes it. */
  take(name: string): DebouncedEvent | null {
    return this.#take.get(name);
  }

  loadNames(functionId: string): readonly string[] {
    return this.#names.all(functionId).map(({ name }) => name);
  }
}
