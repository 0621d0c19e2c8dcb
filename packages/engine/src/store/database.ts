import { Database } from "bun:sqlite";

export type Storage =
  | { readonly kind: "memory" }
  | { readonly kind: "directory"; readonly path: string };

/**
 * Opens the engine's only store. WAL lets one file serve reads while a commit goes on;
 * `synchronous=FULL` puts each commit on the disk before it returns, and `fullfsync` makes macOS do
 * so, too (its plain fsync stops at the drive's cache). `secure_delete` wipes removed rows: a queue
 * item may hold a model's key. See docs/decisions/0002.
 */
export function openDatabase(file: string): Database {
  const db = new Database(file, { create: true, strict: true });
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = 1;
    PRAGMA checkpoint_fullfsync = 1;
    PRAGMA secure_delete = FAST;
    PRAGMA foreign_keys = OFF;
    PRAGMA busy_timeout = 5000;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16384;
    PRAGMA wal_autocheckpoint = 2000;
  `);
  return db;
}
