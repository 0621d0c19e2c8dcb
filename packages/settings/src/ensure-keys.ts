// Makes the event key and the signing key of persistent mode, once.
//
//   K1. Keys that exist, wherever they come from, are never replaced.
//   K2. The settings file holds either all of its old text or all of its new: temporary file, fsync,
//       rename, fsync of the folder. A crash leaves at most a temporary file behind.
//   K3. The file is never readable by others, not for a moment: mode 0600 from its creation.
//   K4. Two processes that start at once end with the same keys: a lock file is held over
//       read-change-write, and whoever comes second finds the keys made.
//   K5. No key is printed, logged, or part of an error.

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
import { maskSecret } from "./describe-settings.ts";
import { parseEnvFile, setInEnvFile } from "./env-file.ts";
import type { Settings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";

const KEY_BYTES = 32;
/** Writing takes milliseconds; whoever waits this long waits for something that hangs. */
const LOCK_WAIT_MAX_MS = 10_000;

const KEY_FIELDS = {
  INNGEST_EVENT_KEY: "eventKey",
  INNGEST_SIGNING_KEY: "signingKey",
} as const;
type KeyName = keyof typeof KEY_FIELDS;

/** In dev mode, and with both keys set, there is nothing to do. */
export function ensureKeys(settings: Settings): Settings {
  const missing = (["INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY"] as const).filter(
    (name) => settings[KEY_FIELDS[name]] === undefined,
  );
  if (settings.mode === "dev" || missing.length === 0) return settings;
  if (settings.isEngineUrlGiven) {
    throw new SettingsError("KEYS_NOT_WRITTEN", [
      `${missing.join(" and ")} not set: INNGEST_BASE_URL names a server that has keys of its own; ` +
        "set the same ones here",
    ]);
  }
  try {
    return withKeys(settings, writeMissingKeys(settings.settingsFile, missing));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(
      "KEYS_NOT_WRITTEN",
      [`${settings.settingsFile} cannot be written (${reason}): keys are kept there`],
      { cause: error },
    );
  }
}

function withKeys(settings: Settings, keys: ReadonlyMap<KeyName, string>): Settings {
  const values = settings.values.map((value) => {
    const key = [...keys].find(([name]) => name === value.name)?.[1];
    if (key === undefined) return value;
    return {
      ...value,
      value: maskSecret(key),
      source: "file" as const,
      from: settings.settingsFile,
    };
  });
  return {
    ...settings,
    eventKey: keys.get("INNGEST_EVENT_KEY") ?? settings.eventKey,
    signingKey: keys.get("INNGEST_SIGNING_KEY") ?? settings.signingKey,
    values,
  };
}

function writeMissingKeys(
  settingsFile: string,
  missing: readonly KeyName[],
): ReadonlyMap<KeyName, string> {
  mkdirSync(dirname(settingsFile), { recursive: true, mode: 0o700 });
  const file = followLink(settingsFile);
  return withLock(`${file}.lock`, () => {
    const text = readIfThere(file);
    const stored = parseEnvFile(text).values;
    const made = new Map<KeyName, string>();
    const keys = new Map<KeyName, string>();
    for (const name of missing) {
      const found = stored.get(name);
      const key =
        found === undefined || found === "" ? randomBytes(KEY_BYTES).toString("hex") : found;
      if (key !== found) made.set(name, key);
      keys.set(name, key);
    }
    if (made.size > 0) replaceFile(file, setInEnvFile(text, made));
    return keys;
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
