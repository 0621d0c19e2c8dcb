import type { Database, Statement } from "bun:sqlite";
import type { BulkCancellation } from "../core/bulk-cancellation.ts";

interface CancellationRow extends Omit<BulkCancellation, "functionIds"> {
  readonly functionIdsJson: string;
}

const COLUMNS = `
  id, app_name AS appName, function_slug AS functionSlug, function_ids_json AS functionIdsJson,
  started_after_ms AS startedAfterMs, started_before_ms AS startedBeforeMs, expression,
  created_at_ms AS createdAtMs, position, cancelled_count AS cancelledCount, ended_at_ms AS endedAtMs`;

const INSERT = `
  INSERT INTO cancellations (id, app_name, function_slug, function_ids_json, started_after_ms,
                             started_before_ms, expression, created_at_ms, position, cancelled_count,
                             ended_at_ms)
  VALUES ($id, $appName, $functionSlug, $functionIdsJson, $startedAfterMs, $startedBeforeMs,
          $expression, $createdAtMs, $position, $cancelledCount, $endedAtMs)`;

const REMOVE_OLD = `
  DELETE FROM cancellations
  WHERE ended_at_ms IS NOT NULL
    AND id <= (SELECT id FROM cancellations ORDER BY id DESC LIMIT 1 OFFSET ?)`;

export class CancellationStore {
  readonly #insert: Statement;
  readonly #find: Statement<CancellationRow, [string]>;
  readonly #findUnfinished: Statement<CancellationRow, []>;
  readonly #countUnfinished: Statement<{ count: number }, []>;
  readonly #load: Statement<CancellationRow, [string, number]>;
  readonly #advance: Statement;
  readonly #remove: Statement;
  readonly #removeOld: Statement;

  constructor(db: Database) {
    const unfinished = "FROM cancellations WHERE ended_at_ms IS NULL";
    this.#insert = db.query(INSERT);
    this.#find = db.query(`SELECT ${COLUMNS} FROM cancellations WHERE id = ?`);
    this.#findUnfinished = db.query(`SELECT ${COLUMNS} ${unfinished} ORDER BY id LIMIT 1`);
    this.#countUnfinished = db.query(`SELECT count(*) AS count ${unfinished}`);
    this.#load = db.query(
      `SELECT ${COLUMNS} FROM cancellations WHERE id < ? ORDER BY id DESC LIMIT ?`,
    );
    this.#advance = db.query(`
      UPDATE cancellations
      SET position = $position, cancelled_count = $cancelledCount, ended_at_ms = $endedAtMs
      WHERE id = $id`);
    this.#remove = db.query("DELETE FROM cancellations WHERE id = ?");
    this.#removeOld = db.query(REMOVE_OLD);
  }

  insert({ functionIds, ...rest }: BulkCancellation): void {
    this.#insert.run({ ...rest, functionIdsJson: JSON.stringify(functionIds) });
  }

  find(id: string): BulkCancellation | null {
    const row = this.#find.get(id);
    return row && readRow(row);
  }

  /** The oldest that has not ended. */
  findUnfinished(): BulkCancellation | null {
    const row = this.#findUnfinished.get();
    return row && readRow(row);
  }

  countUnfinished(): number {
    return this.#countUnfinished.get()?.count ?? 0;
  }

  /** Newest first. */
  load({ after, limit }: { after: string | null; limit: number }): readonly BulkCancellation[] {
    return this.#load.all(after ?? "Z", limit).map(readRow);
  }

  advance(progress: Pick<BulkCancellation, "id" | "position" | "cancelledCount" | "endedAtMs">) {
    const { id, position, cancelledCount, endedAtMs } = progress;
    this.#advance.run({ id, position, cancelledCount, endedAtMs });
  }

  /** Returns false when there is none. */
  remove(id: string): boolean {
    return this.#remove.run(id).changes > 0;
  }

  /** Keeps the newest, and all that have not ended. */
  removeOld(keptMax: number): void {
    this.#removeOld.run(keptMax);
  }
}

function readRow({ functionIdsJson, ...row }: CancellationRow): BulkCancellation {
  return { ...row, functionIds: JSON.parse(functionIdsJson) };
}
