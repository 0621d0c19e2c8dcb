import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { storageProblemOf } from "./storage-problem.ts";

const COUNT = `SELECT count(*) AS count FROM runs WHERE status IN ('QUEUED', 'RUNNING')`;

/**
 * How many runs of a data folder have not ended; 0 where there is no database, null while an engine uses
 * it. Starts nothing and changes nothing: for who is about to use another engine.
 */
export function countUnfinishedRuns(directory: string): number | null {
  const file = join(directory, "engine.db");
  if (!existsSync(file)) return 0;
  const db = new Database(file, { readonly: true, strict: true });
  try {
    return db.query<{ count: number }, []>(COUNT).get()?.count ?? 0;
  } catch (error) {
    if (storageProblemOf(error) === "busy") return null;
    throw error;
  } finally {
    db.close();
  }
}
