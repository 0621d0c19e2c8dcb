// Makes the event key and the signing key of persistent mode, once.
//
//   K1. Keys that exist, wherever they come from, are never replaced.
//   K2. Two processes that start at once end with the same keys: whoever comes second finds the keys
//       made (rule F2 of `change-settings-file.ts`).
//   K3. No key is printed, logged, or part of an error.

import { randomBytes } from "node:crypto";
import { changeSettingsFile } from "./change-settings-file.ts";
import { maskSecret } from "./describe-settings.ts";
import { parseEnvFile } from "./env-file.ts";
import type { FoundKeys } from "./found-keys.ts";
import type { Settings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";

const KEY_BYTES = 32;

const KEY_FIELDS = {
  INNGEST_EVENT_KEY: "eventKey",
  INNGEST_SIGNING_KEY: "signingKey",
} as const;
type KeyName = keyof typeof KEY_FIELDS;
const KEY_NAMES = ["INNGEST_EVENT_KEY", "INNGEST_SIGNING_KEY"] as const;

/** In dev mode, and with both keys set, there is nothing to do. */
export function ensureKeys(settings: Settings): Settings {
  const missing = KEY_NAMES.filter((name) => settings[KEY_FIELDS[name]] === undefined);
  if (settings.mode === "dev" || missing.length === 0) return settings;
  if (settings.isEngineUrlGiven) {
    throw new SettingsError("KEYS_NOT_WRITTEN", [
      `${missing.join(" and ")} not set: INNGEST_BASE_URL names a server that has keys of its own; ` +
        "set the same ones here",
    ]);
  }
  return withKeys(settings, storeKeys(settings, missing, makeKey));
}

/** Stores keys that were made elsewhere. What the settings file holds already stays (K1). */
export function adoptKeys(
  settings: Pick<Settings, "settingsFile">,
  { eventKey, signingKey }: FoundKeys,
): void {
  const found = { INNGEST_EVENT_KEY: eventKey, INNGEST_SIGNING_KEY: signingKey };
  storeKeys(settings, KEY_NAMES, (name) => found[name] ?? makeKey());
}

function makeKey(): string {
  return randomBytes(KEY_BYTES).toString("hex");
}

function storeKeys(
  settings: Pick<Settings, "settingsFile">,
  names: readonly KeyName[],
  chooseKey: (name: KeyName) => string,
): ReadonlyMap<KeyName, string> {
  try {
    return writeMissingKeys(settings.settingsFile, names, chooseKey);
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
  chooseKey: (name: KeyName) => string,
): ReadonlyMap<KeyName, string> {
  const keys = new Map<KeyName, string>();
  changeSettingsFile(settingsFile, (text) => {
    const stored = parseEnvFile(text).values;
    const made = new Map<KeyName, string>();
    for (const name of missing) {
      const found = stored.get(name);
      const key = found === undefined || found === "" ? chooseKey(name) : found;
      if (key !== found) made.set(name, key);
      keys.set(name, key);
    }
    return made;
  });
  return keys;
}
