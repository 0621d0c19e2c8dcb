import { Database } from "bun:sqlite";
import { describeFileError } from "./storage-problem.ts";

/** An open store, for those who hold one without speaking SQL. */
export type { Database } from "bun:sqlite";

export type Storage =
  | { readonly kind: "memory" }
  | { readonly kind: "directory"; readonly path: string };

/** The one file of a data folder. */
export const DATABASE_NAME = "engine.db";

/** From so many pages of 4 KB on a commit moves the write-ahead log into the file. */
export const CHECKPOINT_PAGES = 2_000;
/** A log that has grown, during a backup say, is cut back to this size. */
const LOG_KEPT_BYTES = 64 * 1024 * 1024;

/**
 * Opens the engine's only store. `synchronous=FULL` puts each commit on the disk before it returns, and
 * `fullfsync` makes macOS do so, too (its plain fsync stops at the drive's cache). The exclusive lock
 * keeps a second engine out and ends with the process, however it ends. `secure_delete` wipes removed
 * rows: a queue item may hold a model's key. `auto_vacuum` lets a new file give room back bit by bit; in
 * one that is there already it changes nothing. See docs/decisions/0002 and 0012. Throws DATA_IN_USE,
 * DATABASE_DAMAGED or STORAGE_FAILED.
 */
export function openDatabase(file: string): Database {
  let db: Database | undefined;
  try {
    db = new Database(file, { create: true, strict: true });
    db.exec(`
      PRAGMA busy_timeout = 1000;
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = 1;
      PRAGMA checkpoint_fullfsync = 1;
      PRAGMA secure_delete = FAST;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -16384;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA journal_size_limit = ${LOG_KEPT_BYTES};
      BEGIN IMMEDIATE; COMMIT;
    `);
    return db;
  } catch (error) {
    db?.close();
    throw describeFileError(file, error);
  }
}
