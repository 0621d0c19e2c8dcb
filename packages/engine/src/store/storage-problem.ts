// What SQLite says when it is the disk's fault, in words that name the cure.

import { SQLiteError } from "bun:sqlite";
import { EngineError } from "../core/errors.ts";

/**
 * `damaged`: the file's content is wrong, and stays so. `refused`: the disk does not take or give it, and
 * room, permissions or a repair can end that. `busy`: another process has the file. All else is the
 * caller's fault.
 */
export type StorageProblem = "damaged" | "refused" | "busy";

const PROBLEMS: Readonly<Record<string, StorageProblem>> = {
  BUSY: "busy",
  LOCKED: "busy",
  CORRUPT: "damaged",
  NOTADB: "damaged",
  CANTOPEN: "refused",
  FULL: "refused",
  IOERR: "refused",
  NOMEM: "refused",
  PERM: "refused",
  PROTOCOL: "refused",
  READONLY: "refused",
};

/** Null for what is not the disk's. `SQLITE_IOERR_FSYNC` is a kind of `SQLITE_IOERR`. */
export function storageProblemOf(error: unknown): StorageProblem | null {
  if (!(error instanceof SQLiteError)) return null;
  return PROBLEMS[error.code?.split("_")[1] ?? ""] ?? null;
}

function damagedError(file: string, cause: unknown): EngineError {
  return new EngineError(
    "DATABASE_DAMAGED",
    `The database ${file} is damaged (${reasonOf(cause)}). Stop the engine and put a backup in its place: \`igs engine restore BACKUP\` keeps the damaged file aside. \`igs engine check\` says what is wrong.`,
    { cause },
  );
}

function inUseError(file: string, cause: unknown): EngineError {
  return new EngineError(
    "DATA_IN_USE",
    `Another engine uses ${file}. Stop it, or give this one a data folder of its own.`,
    { cause },
  );
}

/**
 * An error that the file's own state explains, as what a person is told; any other as it is. For opening
 * and reading a database outside of the engine's transactions.
 */
export function describeFileError(file: string, error: unknown): unknown {
  const problem = storageProblemOf(error);
  if (problem === "busy") return inUseError(file, error);
  if (problem === "damaged") return damagedError(file, error);
  if (problem === null && !isFileSystemError(error)) return error;
  return new EngineError(
    "STORAGE_FAILED",
    `${file} cannot be used (${reasonOf(error)}). Check free space and permissions of its folder.`,
    { cause: error },
  );
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Of `node:fs`: `EACCES`, `ENOSPC`, `EROFS`. */
function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
