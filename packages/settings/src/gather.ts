// Gathers the texts of all variables from their sources, strongest first:
// flag, environment, settings file, `.env`. (Defaults come with the schema.)

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseEnvFile } from "./env-file.ts";
import { type PlaceChoice, settingsFilePath } from "./places.ts";
import { findSettingsFormProblem } from "./release-form.ts";
import type { SettingFlags, SettingSource, SettingsInput } from "./settings.ts";
import { absolutePath } from "./value-schemas.ts";
import { type VariableName, variableNames, variableTraits } from "./variables.ts";

export interface GivenValue {
  readonly text: string;
  readonly source: Exclude<SettingSource, "default">;
  /** The flag or the file; undefined for the environment. */
  readonly from: string | undefined;
}

export interface Gathered {
  readonly given: ReadonlyMap<VariableName, GivenValue>;
  readonly place: PlaceChoice;
  readonly settingsFile: string;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

const FLAG_VARIABLES = {
  engine: "BUS_ENGINE",
  engineUrl: "INNGEST_BASE_URL",
  host: "BUS_HOST",
  enginePort: "BUS_ENGINE_PORT",
  workerPort: "BUS_WORKER_PORT",
  vault: "VAULT_PATH",
  home: "BUS_HOME",
} as const satisfies Record<Exclude<keyof SettingFlags, "production">, VariableName>;

export function gatherValues(input: SettingsInput, home: string): Gathered {
  const given = new Map<VariableName, GivenValue>();
  const addAll = (
    source: GivenValue["source"],
    values: ReadonlyMap<string, string>,
    from?: string,
  ) => addMissing(given, { source, values, from, home });

  addFlags(given, input.flags ?? {}, home);
  addAll("environment", definedIn(input.env));
  const place = choosePlace(given, input, home);
  const settingsFile = settingsFilePath(place);
  const files = [settingsFile];
  if (input.dotEnvFolder !== undefined && place.busHome === undefined) {
    files.push(join(input.dotEnvFolder, ".env"));
  }

  const problems: string[] = [];
  const warnings = unknownNames(Object.keys(input.env), "the environment");
  for (const path of files) {
    const file = readEnvFile(path);
    addAll("file", withoutPlaces(file.values), path);
    problems.push(...file.problems);
    warnings.push(...file.warnings);
  }
  return { given, place, settingsFile, problems, warnings };
}

function addFlags(
  given: Map<VariableName, GivenValue>,
  flags: Partial<SettingFlags>,
  home: string,
): void {
  for (const [flag, name] of Object.entries(FLAG_VARIABLES)) {
    // Object.entries forgets that the keys are those of FLAG_VARIABLES.
    const value = flags[flag as keyof typeof FLAG_VARIABLES];
    if (value === undefined) continue;
    const text = expandHome(String(value), name, home);
    given.set(name, { text, source: "flag", from: variableTraits(name).flag });
  }
}

function addMissing(
  given: Map<VariableName, GivenValue>,
  layer: {
    readonly source: GivenValue["source"];
    readonly values: ReadonlyMap<string, string>;
    readonly from: string | undefined;
    readonly home: string;
  },
): void {
  for (const name of variableNames) {
    const text = layer.values.get(name)?.trim();
    // `NAME=` is how people switch a line of a settings file off.
    if (text === undefined || text === "" || given.has(name)) continue;
    const { source, from, home } = layer;
    given.set(name, { text: expandHome(text, name, home), source, from });
  }
}

function expandHome(text: string, name: VariableName, home: string): string {
  if (!variableTraits(name).isPath) return text;
  if (name === "LOOP_PROJECTS") {
    return text
      .split(":")
      .map((part) => expandTilde(part.trim(), home))
      .join(":");
  }
  return expandTilde(text, home);
}

function expandTilde(path: string, home: string): string {
  if (path === "~") return home;
  return path.startsWith("~/") ? join(home, path.slice(2)) : path;
}

/** A malformed place is left out here; the schema reports it later with everything else. */
function choosePlace(
  given: ReadonlyMap<VariableName, GivenValue>,
  { platform = process.platform }: SettingsInput,
  home: string,
): PlaceChoice {
  const pathOf = (name: VariableName) => absolutePath.safeParse(given.get(name)?.text).data;
  return {
    busHome: pathOf("BUS_HOME"),
    xdgConfigHome: pathOf("XDG_CONFIG_HOME"),
    xdgDataHome: pathOf("XDG_DATA_HOME"),
    home,
    platform,
  };
}

interface ReadFile {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function readEnvFile(path: string): ReadFile {
  const nothing = { values: new Map<string, string>(), warnings: [] };
  let text: string;
  let fileMode: number;
  try {
    text = readFileSync(path, "utf8");
    fileMode = statSync(path).mode;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code === "ENOENT" || code === "ENOTDIR") return { ...nothing, problems: [] };
    return { ...nothing, problems: [`${path} cannot be read (${code}): check its permissions`] };
  }
  const formProblem = findSettingsFormProblem(path, text);
  if (formProblem !== null) return { ...nothing, problems: [formProblem] };
  const file = parseEnvFile(text);
  const problems = file.problems.map(({ line, problem }) => `${path}, line ${line}: ${problem}`);
  return { values: file.values, problems, warnings: findFileWarnings(path, file.values, fileMode) };
}

function findFileWarnings(
  path: string,
  values: ReadonlyMap<string, string>,
  fileMode: number,
): readonly string[] {
  const warnings = unknownNames([...values.keys()], path);
  for (const name of variableNames) {
    if (values.has(name) && variableTraits(name).isPlace) {
      warnings.push(`${path}: ${name} says where this file lies, so it only counts outside of it`);
    }
  }
  // Truthy: a key that is switched off, as in `NAME=`, is none.
  const holdsSecret = variableNames.some(
    (name) => variableTraits(name).isSecret && values.get(name),
  );
  if (holdsSecret && (fileMode & 0o077) !== 0) {
    warnings.push(`${path} holds keys and others can read it: run chmod 600 on it`);
  }
  return warnings;
}

/** Only names that can be meant for the bus: a typo in BUS_… would otherwise go unseen. */
function unknownNames(names: readonly string[], where: string): string[] {
  const known: readonly string[] = variableNames;
  return names
    .filter((name) => name.startsWith("BUS_") && !known.includes(name))
    .map((name) => `${name} in ${where} is not a variable of the bus: see .env.example`);
}

function withoutPlaces(values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const places: readonly string[] = variableNames.filter((name) => variableTraits(name).isPlace);
  return new Map([...values].filter(([name]) => !places.includes(name)));
}

function definedIn(env: SettingsInput["env"]): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
