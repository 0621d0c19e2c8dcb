import type { Database } from "bun:sqlite";

const BUMP = `
  INSERT INTO meta (key, value) VALUES ('epoch', '1')
  ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)
  RETURNING CAST(value AS INTEGER) AS epoch`;

/**
 * Counts this start of the engine, on the disk, and returns the count. Generation ids are made from
 * it, so that an answer to a call of an earlier start is known as such (docs/decisions/0004).
 */
export function beginEpoch(db: Database): number {
  const row = db.query<{ epoch: number }, []>(BUMP).get();
  return row?.epoch ?? 1;
}

/** The count as it stands; 0 for a database that no engine has started with. */
export function readEpoch(db: Database): number {
  const row = db
    .query<{ epoch: number }, []>(
      "SELECT CAST(value AS INTEGER) AS epoch FROM meta WHERE key = 'epoch'",
    )
    .get();
  return row?.epoch ?? 0;
}

export function writeEpoch(db: Database, epoch: number): void {
  db.query(
    "INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  ).run(String(epoch));
}
