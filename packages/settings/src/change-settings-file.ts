// Changes the settings file, and nothing else in it than the variables that are named.
//
//   F1. The file holds either all of its old text or all of its new: temporary file, fsync, rename, fsync
//       of the folder. A crash leaves at most a temporary file behind.
//   F2. A lock is held over read-change-write, so of two processes the second sees what the first wrote.
//   F3. The file is never readable by others, not for a moment: mode 0600 from its creation.

import { Database } from "bun:sqlite";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { setInEnvFile } from "./env-file.ts";
import { markSettingsForm } from "./release-form.ts";

/** Writing takes milliseconds; whoever waits this long waits for something that hangs. */
const LOCK_WAIT_MAX_MS = 10_000;

/** `decide` is given the text as it is, and returns what is to be set; with nothing, nothing is written. */
export function changeSettingsFile(
  settingsFile: string,
  decide: (text: string) => ReadonlyMap<string, string>,
): void {
  mkdirSync(dirname(settingsFile), { recursive: true, mode: 0o700 });
  const file = followLink(settingsFile);
  withLock(`${file}.lock`, () => {
    const text = readIfThere(file);
    const values = decide(text);
    if (values.size > 0) replaceFile(file, setInEnvFile(markSettingsForm(text), values));
  });
}

/** A settings file that is a link into someone's dotfiles stays a link. */
function followLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  }
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Holds the lock while `work` runs. It is SQLite's lock on an empty database, for one reason: the
 * kernel frees it when its holder dies, so there is no stale lock to judge and nothing to clean up.
 * The empty file stays: removing it would let two processes lock two different files of one name.
 */
function withLock<T>(path: string, work: () => T): T {
  const lock = new Database(path, { create: true, strict: true });
  try {
    lock.run(`PRAGMA busy_timeout = ${LOCK_WAIT_MAX_MS}`);
    lock.run("BEGIN EXCLUSIVE");
    return work();
  } finally {
    lock.close(true);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
