import type { Database } from "bun:sqlite";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARS = 10;
/** How far apart in time the copies lie: a million runs in about half a year. */
const COPY_GAP_MS = 4 * 60 * 60 * 1_000;
/** Columns that hold an event's or a run's ULID, by table. */
const ID_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  events: ["internal_id", "id"],
  runs: ["id", "event_internal_id"],
  steps: ["run_id"],
  failed_attempts: ["run_id"],
};

/** Copies what finished runs left in the tables, each copy under new ids and some hours before the last. */
export function multiplyRuns(db: Database, count: number): void {
  db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;");
  const firstMs = Date.now();
  const inserts = Object.entries(ID_COLUMNS).map(([table, idColumns]) => {
    db.exec(`CREATE TEMP TABLE template_${table} AS SELECT * FROM main.${table}`);
    return db.query(insertCopy(db, table, idColumns));
  });
  db.transaction(() => {
    // Oldest first: the newest ids are the last in their trees, as they would be.
    for (let copy = count - 1; copy > 0; copy -= 1) {
      const backMs = copy * COPY_GAP_MS;
      for (const insert of inserts) insert.run({ prefix: ulidTime(firstMs - backMs), backMs });
    }
  }).immediate();
  db.exec("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);");
}

function insertCopy(db: Database, table: string, idColumns: readonly string[]): string {
  const columns = db
    .query<{ name: string }, []>(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => name);
  const values = columns.map((column) => {
    if (idColumns.includes(column)) return `$prefix || substr(${column}, ${TIME_CHARS + 1})`;
    return column.endsWith("_at_ms") ? `${column} - $backMs` : column;
  });
  return `INSERT INTO main.${table} (${columns.join(", ")})
          SELECT ${values.join(", ")} FROM template_${table}`;
}

function ulidTime(ms: number): string {
  let rest = ms;
  let text = "";
  for (let index = 0; index < TIME_CHARS; index += 1) {
    text = `${CROCKFORD[rest % 32]}${text}`;
    rest = Math.floor(rest / 32);
  }
  return text;
}
