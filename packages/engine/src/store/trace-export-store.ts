import type { Database, Statement } from "bun:sqlite";
import type { EndedRun, ExportCursor } from "../core/export-cursor.ts";

/** In `meta`: JSON of the last run that is done with. */
const CURSOR_KEY = "trace_export_cursor";

const PUT = `
  INSERT INTO meta (key, value) VALUES ('${CURSOR_KEY}', ?)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`;

const AFTER = "ended_at_ms IS NOT NULL AND (ended_at_ms, id) > ($endedAtMs, $runId)";

const LOAD = `
  SELECT id AS runId, ended_at_ms AS endedAtMs FROM runs
  WHERE ${AFTER} AND ended_at_ms < $beforeMs
  ORDER BY ended_at_ms, id LIMIT $limit`;

const NEWEST = `
  SELECT id AS runId, ended_at_ms AS endedAtMs FROM runs
  WHERE ended_at_ms IS NOT NULL ORDER BY ended_at_ms DESC, id DESC LIMIT 1 OFFSET ?`;

const COUNT = `
  SELECT count(*) AS count FROM runs
  WHERE ${AFTER} AND (ended_at_ms, id) <= ($untilMs, $untilRunId)`;

type Range = { endedAtMs: number; runId: string };

/** Which ended runs are still to be exported: those behind a cursor that is stored, in order of their end. */
export class TraceExportStore {
  readonly #cursor: Statement<{ value: string }, []>;
  readonly #put: Statement;
  readonly #load: Statement<EndedRun, [Range & { beforeMs: number; limit: number }]>;
  readonly #newest: Statement<EndedRun, [number]>;
  readonly #count: Statement<{ count: number }, [Range & { untilMs: number; untilRunId: string }]>;

  constructor(db: Database) {
    this.#cursor = db.query(`SELECT value FROM meta WHERE key = '${CURSOR_KEY}'`);
    this.#put = db.query(PUT);
    this.#load = db.query(LOAD);
    this.#newest = db.query(NEWEST);
    this.#count = db.query(COUNT);
  }

  findCursor(): ExportCursor | null {
    const row = this.#cursor.get();
    // The engine wrote it (`putCursor`).
    return row && (JSON.parse(row.value) as ExportCursor);
  }

  putCursor({ endedAtMs, runId }: ExportCursor): void {
    this.#put.run(JSON.stringify({ endedAtMs, runId }));
  }

  /** The first runs behind the cursor that ended before the moment. */
  loadEnded(
    { endedAtMs, runId }: ExportCursor,
    { beforeMs, limit }: { readonly beforeMs: number; readonly limit: number },
  ): readonly EndedRun[] {
    return this.#load.all({ endedAtMs, runId, beforeMs, limit });
  }

  /** The run that `offset` others have followed to their end; null when there are not so many. */
  findNewest(offset: number): EndedRun | null {
    return this.#newest.get(offset);
  }

  /** How many ended behind the cursor, up to and with this one. */
  countEnded({ endedAtMs, runId }: ExportCursor, until: EndedRun): number {
    const range = { endedAtMs, runId, untilMs: until.endedAtMs, untilRunId: until.runId };
    return this.#count.get(range)?.count ?? 0;
  }
}
