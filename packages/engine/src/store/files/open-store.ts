import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { DATABASE_NAME, type Database, openDatabase, type Storage } from "../database.ts";
import { EngineStore } from "../engine-store.ts";
import type { CommitObserver, Schedule } from "../group-commit.ts";
import { beginEpoch } from "../meta-store.ts";
import { migrate, needsMigration } from "../migrate.ts";
import { describeFileError } from "../storage-problem.ts";
import { keepCopyOfOldSchema } from "./schema-copy.ts";
import { Snapshots } from "./snapshots.ts";

export interface OpenStore {
  readonly db: Database;
  readonly store: EngineStore;
  /** The count of the engine's starts. */
  readonly epoch: number;
  /** Null in memory. */
  readonly files: { readonly folder: string; readonly snapshots: Snapshots } | null;
  close(): void;
  /** What went wrong while the tables were read, in words; any other error as it is. */
  describe(error: unknown): unknown;
}

export interface StoreOptions {
  readonly storage: Storage;
  /** Opens the file of the storage; tests give it a small disk. */
  readonly openDatabase?: ((file: string) => Database) | undefined;
  readonly schedule?: Schedule | undefined;
  readonly commitObserver?: CommitObserver | undefined;
  /** Told, in a sentence, of a copy that was kept or could not be. */
  readonly onCopy: (sentence: string) => void;
}

/**
 * Opens the database, brings its tables to this release and counts this start. Throws DATA_IN_USE,
 * DATABASE_TOO_NEW, DATABASE_DAMAGED or STORAGE_FAILED; then nothing is left open.
 */
export function openStore(options: StoreOptions): OpenStore {
  const { storage, openDatabase: open = openDatabase, schedule, commitObserver, onCopy } = options;
  const folder = storage.kind === "memory" ? null : openFolder(storage.path);
  const file = folder === null ? ":memory:" : join(folder, DATABASE_NAME);
  const db = open(file);
  const snapshots = new Snapshots(db, file);
  const close = () => snapshots.closeWith(() => db.close());
  try {
    if (folder !== null && needsMigration(db)) keepCopyOfOldSchema(db, folder, onCopy);
    migrate(db);
    return {
      db,
      store: new EngineStore(db, {
        file: folder === null ? null : file,
        ...(schedule && { schedule }),
        ...(commitObserver && { commitObserver }),
      }),
      epoch: beginEpoch(db),
      files: folder === null ? null : { folder, snapshots },
      close,
      describe: (error) => describeFileError(file, error),
    };
  } catch (error) {
    close();
    throw describeFileError(file, error);
  }
}

/** By its real name, so that two ways to one folder are told as one. */
function openFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return realpathSync(path);
  } catch (error) {
    throw describeFileError(join(path, DATABASE_NAME), error);
  }
}
