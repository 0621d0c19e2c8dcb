import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";

const COUNT = `SELECT count(*) AS count FROM runs WHERE status IN ('QUEUED', 'RUNNING')`;

/**
 * How many runs of a data folder have not ended, while no engine uses it; 0 where there is no
 * database. Starts nothing and changes nothing: for who is about to use another engine.
 */
export function countUnfinishedRuns(directory: string): number {
  const file = join(directory, "engine.db");
  if (!existsSync(file)) return 0;
  const db = new Database(file, { readonly: true, strict: true });
  try {
    return db.query<{ count: number }, []>(COUNT).get()?.count ?? 0;
  } finally {
    db.close();
  }
}
