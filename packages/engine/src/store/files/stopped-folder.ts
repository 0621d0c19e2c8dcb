// What is done with the database of a stopped engine. Each function takes the engine's lock first, and
// throws DATA_IN_USE where an engine runs.

import { closeSync, openSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "../../core/errors.ts";
import { type Database, openDatabase } from "../database.ts";
import { SpaceStore, type SpaceUse } from "../space-store.ts";
import { describeFileError } from "../storage-problem.ts";
import { databaseFile } from "./check-file.ts";
import { syncFile, syncFolder } from "./durable.ts";
import { Snapshots } from "./snapshots.ts";
import type { BackupSource } from "./write-backup.ts";

/** Whoever opened it calls `close`, which gives the lock back. */
export function openFolderBackup(folder: string): BackupSource & { close(): void } {
  const file = databaseFile(folder);
  const db = openDatabase(file);
  const snapshots = new Snapshots(db, file);
  const close = () => snapshots.closeWith(() => db.close());
  try {
    const { sizeBytes, read } = snapshots.begin();
    return { sizeBytes, read, close };
  } catch (error) {
    close();
    throw describeFileError(file, error);
  }
}

export interface FolderCompaction {
  readonly before: SpaceUse;
  readonly after: SpaceUse;
}

/**
 * Writes the database anew without its free room, and so that it gives room back by itself from then on.
 * Ended in the middle it leaves the database as it was, and a file that the next one removes.
 */
export function compactFolder(folder: string): FolderCompaction {
  const file = databaseFile(folder);
  const db = openDatabase(file);
  try {
    const space = new SpaceStore(db, file);
    const before = space.use();
    refuseFullDisk(file, before);
    const newFile = `${file}.compacting`;
    vacuumInto(db, newFile);
    leaveLogBehind(db);
    renameSync(newFile, file);
    syncFolder(dirname(file));
    return {
      before,
      after: { fileBytes: statSync(file).size, freeBytes: 0, logBytes: 0 },
    };
  } catch (error) {
    throw describeFileError(file, error);
  } finally {
    db.close();
  }
}

/** A copy without free room, readable by its owner only, on the disk when this returns; else nothing. */
export function vacuumInto(db: Database, newFile: string): void {
  rmSync(newFile, { force: true });
  closeSync(openSync(newFile, "wx", 0o600));
  try {
    db.query("VACUUM INTO ?").run(newFile);
    syncFile(newFile);
  } catch (error) {
    rmSync(newFile, { force: true });
    throw error;
  }
}

/**
 * Moves all of the log into the file and removes it, with the lock held: beside another file of the same
 * name it would be taken for that one's.
 */
export function leaveLogBehind(db: Database): void {
  const [[mode] = []] = db.query("PRAGMA journal_mode = DELETE").values();
  if (mode === "delete") return;
  throw new EngineError("STORAGE_FAILED", "The database's log could not be moved into its file.");
}

function refuseFullDisk(file: string, { fileBytes, freeBytes }: SpaceUse): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  const neededBytes = fileBytes - freeBytes;
  if (bavail * bsize > neededBytes) return;
  throw new EngineError(
    "STORAGE_FAILED",
    `Compacting ${file} needs ${Math.ceil(neededBytes / 1e6)} MB of the disk for a while, and ${Math.floor((bavail * bsize) / 1e6)} MB are free.`,
  );
}
