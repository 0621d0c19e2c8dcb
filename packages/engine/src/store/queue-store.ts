import type { Database, Statement } from "bun:sqlite";
import type { QueueItem } from "../core/queue-item.ts";
import { RowMemory, type RowWrite } from "./row-memory.ts";

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

/** What is in hand, or will be soon. */
const ROWS_KEPT_MAX = 1_000;
/** Payloads are requests to models, of up to 4 MB each. */
const BYTES_KEPT_MAX = 2 * 1024 * 1024;

export class QueueStore {
  readonly memory = new RowMemory<QueueItem>({
    rowsMax: ROWS_KEPT_MAX,
    bytesMax: BYTES_KEPT_MAX,
    sizeOf: ({ payloadJson }) => payloadJson?.length ?? 0,
  });
  readonly #insert: RowWrite<QueueItem>;
  readonly #find: Statement<QueueItem, [string]>;
  readonly #all: Statement<DueItem, []>;
  readonly #reschedule: RowWrite<QueueItem>;
  readonly #resetAttempt: RowWrite<QueueItem>;
  readonly #remove: RowWrite<QueueItem>;
  readonly #removeOfRun: Statement<Pick<QueueItem, "id" | "kind">, [string]>;
  readonly #ofFunction: Statement<Pick<QueueItem, "id" | "dueAtMs">, [string]>;
  readonly #exists: Statement<{ found: number }, [string]>;

  constructor(db: Database) {
    const prepareWrite = (sql: string) => this.memory.prepareWrite(db, sql);
    this.#insert = prepareWrite(INSERT);
    this.#find = db.query(`SELECT ${COLUMNS} FROM queue_items WHERE id = ?`);
    this.#all = db.query(`
      SELECT item.id, item.run_id AS runId, item.kind, item.step_id AS stepId, item.attempt,
             item.due_at_ms AS dueAtMs, item.queued_at_ms AS queuedAtMs,
             CASE WHEN item.kind = 'discovery' AND run.status = 'QUEUED' THEN item.payload_json END
               AS payloadJson,
             coalesce(run.app_id, '') AS appId, coalesce(run.slots_json, '[]') AS slotsJson,
             run.rank
      FROM queue_items AS item LEFT JOIN runs AS run ON run.id = item.run_id`);
    this.#reschedule = prepareWrite(`
      UPDATE queue_items SET attempt = $attempt, due_at_ms = $dueAtMs, queued_at_ms = $queuedAtMs
      WHERE id = $itemId`);
    this.#resetAttempt = prepareWrite("UPDATE queue_items SET attempt = 0 WHERE id = $itemId");
    this.#remove = prepareWrite("DELETE FROM queue_items WHERE id = $itemId");
    this.#removeOfRun = db.query("DELETE FROM queue_items WHERE run_id = ? RETURNING id, kind");
    this.#ofFunction = db.query(`
      SELECT item.id, item.due_at_ms AS dueAtMs
      FROM runs AS run JOIN queue_items AS item ON item.run_id = run.id
      WHERE run.function_id = ? AND run.status IN ('QUEUED', 'RUNNING')`);
    this.#exists = db.query("SELECT 1 AS found FROM queue_items WHERE id = ?");
  }

  insert(item: QueueItem): void {
    this.#insert.run(item.id, { ...item }, () => item);
  }

  find(itemId: string): QueueItem | null {
    const known = this.memory.find(itemId);
    if (known) return known;
    const item = this.#find.get(itemId);
    if (item) this.memory.keep(itemId, item);
    return item;
  }

  exists(itemId: string): boolean {
    return this.memory.find(itemId) !== undefined || this.#exists.get(itemId) !== null;
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
    times: { readonly dueAtMs: number; readonly queuedAtMs: number },
  ): void {
    const next = (item: QueueItem | undefined) => item && { ...item, attempt, ...times };
    this.#reschedule.run(itemId, { itemId, attempt, ...times }, next);
  }

  resetAttempt(itemId: string): void {
    this.#resetAttempt.run(itemId, { itemId }, (item) => item && { ...item, attempt: 0 });
  }

  remove(itemId: string): void {
    this.#remove.run(itemId, { itemId });
  }

  /** Returns what it removed. */
  removeOfRun(runId: string): readonly Pick<QueueItem, "id" | "kind">[] {
    const removed = this.#removeOfRun.all(runId);
    for (const { id } of removed) this.memory.noteChange(id);
    return removed;
  }
}
