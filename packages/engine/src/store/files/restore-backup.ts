// A backup takes the database's place.
//
// Invariants:
//   B1. At every moment `engine.db` is the old database or the restored one, both whole. The old one is
//       kept under another name.
//   B2. A log of the old database never lies beside the restored one: SQLite would replay it.
//   B3. Calls of before are known as such: the restored database counts the engine's starts on from the
//       higher of both counts.

import { Database } from "bun:sqlite";
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { EngineError } from "../../core/errors.ts";
import { DATABASE_NAME, openDatabase } from "../database.ts";
import { readEpoch, writeEpoch } from "../meta-store.ts";
import { describeFileError, reasonOf } from "../storage-problem.ts";
import { type CheckReport, checkFile } from "./check-file.ts";
import { COMPANIONS, removeDatabase, syncFile, syncFolder } from "./durable.ts";
import type { LongWork } from "./progress.ts";
import { leaveLogBehind } from "./stopped-folder.ts";

export interface RestoreOptions extends LongWork {
  readonly backup: string;
  readonly folder: string;
  readonly nowMs: number;
}

export interface Restoration {
  /** Of the backup. */
  readonly report: CheckReport;
  /** Where the old database is now; null when there was none. */
  readonly keptAs: string | null;
}

/** Higher than any count of starts that a lost database may have had. */
const EPOCHS_UNKNOWN = 1_000_000;

/**
 * Checks the backup first: one that is damaged, no backup at all or of a later release is refused, and
 * nothing is changed. Throws DATA_IN_USE while an engine runs.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restoration> {
  const { folder, backup, nowMs, signal } = options;
  if (!existsSync(backup)) throw new EngineError("NOT_FOUND", `There is no file ${backup}.`);
  refuseHalf(backup);
  const file = join(folder, DATABASE_NAME);
  const newFile = `${file}.restoring`;
  let old: OldDatabase | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    old = lockOld(file);
    removeDatabase(newFile);
    // Of the copy, so that what was checked is what is used.
    copyFileSync(backup, newFile, constants.COPYFILE_FICLONE);
    const report = await checkCopy(newFile, options);
    prepare(newFile, old.epoch);
    signal?.throwIfAborted();
    const keptAs = replace(file, newFile, nowMs);
    return { report: { ...report, file: backup }, keptAs };
  } catch (error) {
    throw describeFileError(file, error);
  } finally {
    old?.close();
    removeDatabase(newFile);
  }
}

/** A file that was copied while an engine ran: the rest of it is in its log. */
function refuseHalf(backup: string): void {
  const log = `${backup}-wal`;
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  throw refused(
    backup,
    `a part of it is in ${log}: put both into a folder as engine.db and engine.db-wal, and back that up`,
  );
}

interface OldDatabase {
  /** Null when it can't be read any more, which is mostly why one restores. */
  readonly epoch: number | null;
  close(): void;
}

/** Takes the lock, where the old database still is one: a damaged file can be no running engine's. */
function lockOld(file: string): OldDatabase {
  if (!existsSync(file)) return { epoch: 0, close: () => {} };
  let db: Database;
  try {
    db = openDatabase(file);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "DATABASE_DAMAGED") throw error;
    return { epoch: null, close: () => {} };
  }
  const close = () => db.close();
  try {
    const epoch = readEpoch(db);
    leaveLogBehind(db);
    return { epoch, close };
  } catch (error) {
    if (error instanceof EngineError) {
      close();
      throw error;
    }
    // Damaged further in: its log stays beside it, and is put aside with it.
    return { epoch: null, close };
  }
}

async function checkCopy(newFile: string, options: RestoreOptions): Promise<CheckReport> {
  const report = await checkFile(newFile, options).catch((error: unknown) => {
    if (error instanceof EngineError && error.code === "BACKUP_REFUSED")
      throw refused(options.backup);
    throw error;
  });
  const damage = report.findings.find(({ rule }) => rule === "file-damaged");
  if (damage) throw refused(options.backup, damage.ids[0]);
  return report;
}

function refused(backup: string, reason = "it holds no tables of the engine"): EngineError {
  return new EngineError(
    "BACKUP_REFUSED",
    `${backup} is no good backup of the engine (${reason}). Nothing was changed.`,
  );
}

function prepare(newFile: string, oldEpoch: number | null): void {
  const db = new Database(newFile, { strict: true });
  try {
    db.exec("PRAGMA journal_mode = DELETE");
    const epoch = readEpoch(db);
    writeEpoch(db, oldEpoch === null ? epoch + EPOCHS_UNKNOWN : Math.max(epoch, oldEpoch));
  } catch (error) {
    throw refused(newFile, reasonOf(error));
  } finally {
    db.close();
  }
  syncFile(newFile);
}

/** Returns the old database's new name. */
function replace(file: string, newFile: string, nowMs: number): string | null {
  const keptAs = existsSync(file) ? findFreeName(file, nowMs) : null;
  for (const end of COMPANIONS) {
    if (!existsSync(`${file}${end}`)) continue;
    renameSync(`${file}${end}`, `${keptAs ?? `${file}.lost`}${end}`);
  }
  if (keptAs !== null) keepUnder(file, keptAs);
  syncFolder(dirname(file));
  renameSync(newFile, file);
  syncFolder(dirname(file));
  return keptAs;
}

/** A second name first (B1); a file system without links has a moment without `engine.db`. */
function keepUnder(file: string, keptAs: string): void {
  try {
    linkSync(file, keptAs);
  } catch {
    renameSync(file, keptAs);
  }
}

function findFreeName(file: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replaceAll(":", "-").slice(0, 19);
  const name = `${file}.replaced-${stamp}`;
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}-${count}`;
    if (!existsSync(candidate)) return candidate;
  }
}
