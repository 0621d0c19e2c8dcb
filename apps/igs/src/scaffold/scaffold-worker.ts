import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findFreePort } from "../demo/free-port.ts";
import { CliError } from "../output/failure.ts";
import { commandsFor } from "./commands-for.ts";
import { appName, decideTarget, type ScaffoldTarget } from "./decide-target.ts";
import { decideWrites, type PlannedFile } from "./decide-writes.ts";
import { lookAtFolder } from "./look-at-folder.ts";
import { readMarkedLines, renderTemplate, type TemplateValues } from "./render-template.ts";
import type { Runtime } from "./runtimes.ts";
import { linesTemplate, templateFiles, templatesFolder } from "./template-files.ts";

export interface ScaffoldWish {
  /** Absolute. Made where it isn't there. */
  readonly folder: string;
  /** Without one: the framework of the app in the folder, or Bun for a new worker. */
  readonly runtime?: Runtime | undefined;
  /** The app's id at the engine; without one, after the folder. */
  readonly name?: string | undefined;
  readonly port?: number | undefined;
  /** Ports that the bus uses itself, running or not. */
  readonly busPorts: readonly number[];
  /** Where `igs start` keeps its keys. */
  readonly settingsFile: string;
  /** The app id of the bus' own worker: two apps of one id would replace each other. */
  readonly busAppId: string;
}

export interface Scaffolded {
  readonly kind: "worker" | "app";
  readonly runtime: Runtime;
  readonly folder: string;
  readonly name: string;
  /** Of a worker of its own; an app has its own port. */
  readonly port: number | null;
  /** Relative to the folder; empty when everything was there already. */
  readonly written: readonly string[];
  /** For the person to add to the file that makes the app. */
  readonly linesToAdd: string | null;
  /** Commands, in their order, to be run in the folder. */
  readonly commands: readonly string[];
}

const FIRST_PORT = 3111;
const LAST_PORT = 3199;

/**
 * Writes a worker into an empty folder, or the files of one into an app. Done twice, or again after it was
 * cut off, it comes to the same; a file that is there is never changed. Throws `refused`, with nothing
 * written, where that can't be.
 */
export async function scaffoldWorker(wish: ScaffoldWish): Promise<Scaffolded> {
  const facts = await lookAtFolder(wish.folder);
  const target = decideTarget(facts, wish.runtime);
  const name = decideName(wish);
  const port = target.kind === "worker" ? await choosePort(wish) : null;
  const values: TemplateValues = {
    name,
    port: port ?? FIRST_PORT,
    importEnding: target.kind === "worker" ? ".ts" : target.importEnding,
    packageManager: target.runtime === "node" ? "npm" : "bun",
    settingsFile: wish.settingsFile,
  };
  const written = isThere(target) ? [] : await writeFiles(wish.folder, target, values);
  return {
    ...{ kind: target.kind, runtime: target.runtime, folder: wish.folder, name, port },
    written,
    linesToAdd: await loadLines(target, values),
    commands: commandsFor(target, facts),
  };
}

const isThere = (target: ScaffoldTarget) => target.kind === "worker" && target.isThere;

function decideName({ folder, name = appName(folder), busAppId }: ScaffoldWish): string {
  if (name !== busAppId) return name;
  throw new CliError({
    code: "refused",
    message: `${name} is the app of the bus' own worker, which this one would replace. Nothing was written.`,
    fix: "Give it another name with --name.",
  });
}

/** One that is in the files already is kept. Else the first that the bus does not use and nothing listens on. */
async function choosePort({ folder, port, busPorts }: ScaffoldWish): Promise<number> {
  if (port !== undefined) return port;
  const listen = await readOrNull(join(folder, "src/listen.ts"));
  const present = Number(/env\.PORT \|\| ([0-9]+)/.exec(listen ?? "")?.[1]);
  if (present > 0) return present;
  for (let candidate = FIRST_PORT; candidate <= LAST_PORT; candidate += 1) {
    if (busPorts.includes(candidate)) continue;
    if ((await findFreePort(candidate)) === candidate) return candidate;
  }
  throw new CliError({
    code: "port-taken",
    message: `All ports from ${FIRST_PORT} to ${LAST_PORT} are taken. Nothing was written.`,
    fix: "Name a port with --port.",
  });
}

async function writeFiles(folder: string, target: ScaffoldTarget, values: TemplateValues) {
  const planned: PlannedFile[] = [];
  for (const { from, to } of templateFiles(target)) {
    planned.push({
      path: to,
      text: renderTemplate(await readFile(join(templatesFolder, from), "utf8"), values),
      present: await readOrNull(join(folder, to)),
    });
  }
  const files = decideWrites(folder, planned);
  for (const { path, text } of files) {
    await writeNewFile(join(folder, path), text).catch((error: unknown) => {
      throw unwritable(folder, error);
    });
  }
  return files.map(({ path }) => path);
}

/** Throws when it is there: what has appeared meanwhile is not overwritten either. */
async function writeNewFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { flag: "wx" });
}

function unwritable(folder: string, cause: unknown): CliError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CliError(
    {
      code: "refused",
      message: `${folder} can't be written to: ${reason}`,
      fix: "Mend that and do it again, which finishes what was begun, or name another folder.",
    },
    { cause },
  );
}

async function loadLines(target: ScaffoldTarget, values: TemplateValues): Promise<string | null> {
  const from = linesTemplate(target);
  if (from === null) return null;
  const text = await readFile(join(templatesFolder, from), "utf8");
  return renderTemplate(readMarkedLines(text), values);
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
