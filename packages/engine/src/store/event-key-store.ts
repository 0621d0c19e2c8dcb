import type { Database, Statement } from "bun:sqlite";

/** Event ids start a function once in this time. Protocol notes, section 2, "Idempotency". */
const KEPT_MS = 24 * 60 * 60 * 1_000;

const NAME_RUN = `
  UPDATE event_keys SET run_id = $runId
  WHERE function_id = $functionId AND run_id = $batchId AND event_id IN (
    SELECT event.id
    FROM batch_events AS member JOIN events AS event ON event.internal_id = member.event_internal_id
    WHERE member.batch_id = $batchId)`;

/** Which run an event id has started, by function. */
export class EventKeyStore {
  readonly #find: Statement<{ runId: string }, [string, string, number]>;
  readonly #put: Statement;
  readonly #nameRun: Statement;
  readonly #removeExpired: Statement;

  constructor(db: Database) {
    this.#find = db.query(`
      SELECT run_id AS runId FROM event_keys
      WHERE function_id = ? AND event_id = ? AND expires_at_ms > ?`);
    this.#put = db.query(`
      INSERT INTO event_keys (function_id, event_id, run_id, expires_at_ms) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET run_id = excluded.run_id, expires_at_ms = excluded.expires_at_ms`);
    this.#nameRun = db.query(NAME_RUN);
    this.#removeExpired = db.query(`
      DELETE FROM event_keys WHERE (function_id, event_id) IN (
        SELECT function_id, event_id FROM event_keys WHERE expires_at_ms <= ? LIMIT ?)`);
  }

  findRunId(functionId: string, eventId: string, nowMs: number): string | null {
    return this.#find.get(functionId, eventId, nowMs)?.runId ?? null;
  }

  put(functionId: string, eventId: string, run: { id: string; nowMs: number }): void {
    this.#put.run(functionId, eventId, run.id, run.nowMs + KEPT_MS);
  }

  /** The batch, in whose name its events' ids were put, has become this run. */
  nameRun(functionId: string, batchId: string, runId: string): void {
    this.#nameRun.run({ functionId, batchId, runId });
  }

  /** Removes so many at most; returns how many it removed. */
  removeExpired(nowMs: number, limit: number): number {
    return this.#removeExpired.run(nowMs, limit).changes;
  }
}
