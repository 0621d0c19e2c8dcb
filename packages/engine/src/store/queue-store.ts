import type { Database, Statement } from "bun:sqlite";
import type { QueueItem } from "../core/queue-item.ts";

/** A queue item with the app and the limits of its run; both are empty for a schedule's item. */
export interface DueItem extends QueueItem {
  readonly appId: string;
  readonly slotsJson: string;
  readonly rank: string | null;
}

const INSERT = `
  INSERT INTO queue_items (id, run_id, kind, step_id, attempt, due_at_ms, queued_at_ms, payload_json)
  VALUES ($id, $runId, $kind, $stepId, $attempt, $dueAtMs, $queuedAtMs, $payloadJson)
  ON CONFLICT (id) DO NOTHING`;

const COLUMNS = `id, run_id AS runId, kind, step_id AS stepId, attempt, due_at_ms AS dueAtMs,
  queued_at_ms AS queuedAtMs, payload_json AS payloadJson`;

export class QueueStore {
  readonly #insert: Statement;
  readonly #find: Statement<QueueItem, [string]>;
  readonly #all: Statement<DueItem, []>;
  readonly #reschedule: Statement;
  readonly #resetAttempt: Statement;
  readonly #remove: Statement;
  readonly #removeOfRun: Statement<Pick<QueueItem, "id" | "kind">, [string]>;
  readonly #ofFunction: Statement<Pick<QueueItem, "id" | "dueAtMs">, [string]>;
  readonly #exists: Statement<{ found: number }, [string]>;

  constructor(db: Database) {
    this.#insert = db.query(INSERT);
    this.#find = db.query(`SELECT ${COLUMNS} FROM queue_items WHERE id = ?`);
    this.#all = db.query(`
      SELECT item.id, item.run_id AS runId, item.kind, item.step_id AS stepId, item.attempt,
             item.due_at_ms AS dueAtMs, item.queued_at_ms AS queuedAtMs,
             CASE WHEN item.kind = 'discovery' AND run.status = 'QUEUED' THEN item.payload_json END
               AS payloadJson,
             coalesce(run.app_id, '') AS appId, coalesce(run.slots_json, '[]') AS slotsJson,
             run.rank
      FROM queue_items AS item LEFT JOIN runs AS run ON run.id = item.run_id`);
    this.#reschedule = db.query(
      "UPDATE queue_items SET attempt = ?2, due_at_ms = ?3, queued_at_ms = ?4 WHERE id = ?1",
    );
    this.#resetAttempt = db.query("UPDATE queue_items SET attempt = 0 WHERE id = ?");
    this.#remove = db.query("DELETE FROM queue_items WHERE id = ?");
    this.#removeOfRun = db.query("DELETE FROM queue_items WHERE run_id = ? RETURNING id, kind");
    this.#ofFunction = db.query(`
      SELECT item.id, item.due_at_ms AS dueAtMs
      FROM runs AS run JOIN queue_items AS item ON item.run_id = run.id
      WHERE run.function_id = ? AND run.status IN ('QUEUED', 'RUNNING')`);
    this.#exists = db.query("SELECT 1 AS found FROM queue_items WHERE id = ?");
  }

  insert(item: QueueItem): void {
    this.#insert.run({ ...item });
  }

  find(itemId: string): QueueItem | null {
    return this.#find.get(itemId);
  }

  exists(itemId: string): boolean {
    return this.#exists.get(itemId) !== null;
  }

  /**
   * Everything that is or will be due; read once, when the engine starts. Of the payloads only those of
   * runs that have not begun: their throttles.
   */
  loadAll(): readonly DueItem[] {
    return this.#all.all();
  }

  /** What is due, or will be, for the function's runs. */
  loadOfFunction(functionId: string): readonly Pick<QueueItem, "id" | "dueAtMs">[] {
    return this.#ofFunction.all(functionId);
  }

  reschedule(
    itemId: string,
    attempt: number,
    times: { dueAtMs: number; queuedAtMs: number },
  ): void {
    this.#reschedule.run(itemId, attempt, times.dueAtMs, times.queuedAtMs);
  }

  resetAttempt(itemId: string): void {
    this.#resetAttempt.run(itemId);
  }

  remove(itemId: string): void {
    this.#remove.run(itemId);
  }

  /** Returns what it removed. */
  removeOfRun(runId: string): readonly Pick<QueueItem, "id" | "kind">[] {
    return this.#removeOfRun.all(runId);
  }
}
