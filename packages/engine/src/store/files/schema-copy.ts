// A database that is about to get the tables of a later release is copied first: migrations go forward
// only, and whoever wants the earlier release back needs the file as that release left it.

import { readdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { DATABASE_NAME, type Database } from "../database.ts";
import { readSchemaVersion } from "../migrate.ts";
import { SpaceStore } from "../space-store.ts";
import { reasonOf } from "../storage-problem.ts";
import { syncFolder } from "./durable.ts";
import { vacuumInto } from "./stopped-folder.ts";

const PREFIX = `${DATABASE_NAME}.version-`;

/**
 * Keeps the newest such copy only. Does nothing for a database without events. A disk without room for the
 * copy does not keep the engine from starting: the migration itself is safe without it.
 */
export function keepCopyOfOldSchema(
  db: Database,
  folder: string,
  onCopy: (sentence: string) => void,
): void {
  if (!hasEvents(db)) return;
  const version = readSchemaVersion(db);
  const copy = join(folder, `${PREFIX}${version}`);
  onCopy("The database is brought to this release; a copy of it as it is now is made first.");
  try {
    if (!hasRoom(db, folder)) throw new Error("the disk has no room for it");
    // In the place of one that an interrupted upgrade has left, whole or not.
    vacuumInto(db, copy);
    syncFolder(folder);
    removeOthers(folder, copy);
    onCopy(`The database as it was is kept as ${copy}.`);
  } catch (error) {
    onCopy(`No copy of the database as it was could be kept (${reasonOf(error)}).`);
  }
}

function hasEvents(db: Database): boolean {
  if (readSchemaVersion(db) === 0) return false;
  return db.query("SELECT 1 FROM events LIMIT 1").get() !== null;
}

function hasRoom(db: Database, folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > new SpaceStore(db, null).use().fileBytes * 1.1;
}

function removeOthers(folder: string, kept: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith(PREFIX) && path !== kept) rmSync(path);
  }
}
