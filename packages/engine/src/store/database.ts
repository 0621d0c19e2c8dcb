import { Database, SQLiteError } from "bun:sqlite";
import { statSync } from "node:fs";
import { EngineError } from "../core/errors.ts";

/** An open store, for those who hold one without speaking SQL. */
export type { Database } from "bun:sqlite";

export type Storage =
  | { readonly kind: "memory" }
  | { readonly kind: "directory"; readonly path: string };

/**
 * Opens the engine's only store. `synchronous=FULL` puts each commit on the disk before it returns, and
 * `fullfsync` makes macOS do so, too (its plain fsync stops at the drive's cache). The exclusive lock
 * keeps a second engine out and ends with the process, however it ends. `secure_delete` wipes removed
 * rows: a queue item may hold a model's key. See docs/decisions/0002. Throws DATA_IN_USE.
 */
export function openDatabase(file: string): Database {
  const db = new Database(file, { create: true, strict: true });
  try {
    db.exec(`
      PRAGMA busy_timeout = 1000;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = 1;
      PRAGMA checkpoint_fullfsync = 1;
      PRAGMA secure_delete = FAST;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -16384;
      PRAGMA wal_autocheckpoint = 2000;
      BEGIN IMMEDIATE; COMMIT;
    `);
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw error;
    const message = `Another engine uses ${file}. Stop it, or give this one a data folder of its own.`;
    throw new EngineError("DATA_IN_USE", message, { cause: error });
  }
  return db;
}

/** What the database takes on the disk, and its write-ahead log, which a checkpoint empties but seldom shrinks. */
export function readDatabaseSizes(db: Database): {
  readonly databaseBytes: number;
  readonly walBytes: number;
} {
  const pragma = (name: string) =>
    db.query<Record<string, number>, []>(`PRAGMA ${name}`).get()?.[name] ?? 0;
  const wal = statSync(`${db.filename}-wal`, { throwIfNoEntry: false });
  return {
    databaseBytes: pragma("page_count") * pragma("page_size"),
    walBytes: wal?.size ?? 0,
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof SQLiteError && error.code?.startsWith("SQLITE_BUSY") === true;
}
