import { basename } from "node:path";
import { CliError } from "../output/failure.ts";
import type { FolderFacts, ImportEnding } from "./folder-facts.ts";
import {
  type AppRuntime,
  appRuntimes,
  isWorkerRuntime,
  RUNTIME_NAMES,
  type Runtime,
  type WorkerRuntime,
} from "./runtimes.ts";

export type ScaffoldTarget =
  | { readonly kind: "worker"; readonly runtime: WorkerRuntime; readonly isThere: boolean }
  | {
      readonly kind: "app";
      readonly runtime: AppRuntime;
      /** What the files' paths begin with: nothing, or `src/`. */
      readonly prefix: "" | "src/";
      readonly importEnding: ImportEnding;
    };

const SHOWN_MAX = 3;

/** What belongs into this folder. Throws `refused` where nothing does, with the reason. */
export function decideTarget(facts: FolderFacts, wish: Runtime | undefined): ScaffoldTarget {
  const { path, kind, manifest } = facts;
  if (kind === "file") throw refused(`${path} is not a folder.`, "Name a folder.");
  if (manifest?.worker != null) return workerThatIsThere(facts, manifest.worker, wish);
  if (wish !== undefined && isWorkerRuntime(wish)) return newWorker(facts, wish);
  if (manifest !== null) return existingApp(facts, manifest.dependencies, wish);
  if (wish === undefined) return newWorker(facts, "bun");
  throw refused(
    `${path} has no package.json, so there is no ${RUNTIME_NAMES[wish]} app to add to.`,
    "Name your app's folder, or take --runtime bun or node for a worker of its own.",
  );
}

function workerThatIsThere(
  { path }: FolderFacts,
  runtime: WorkerRuntime,
  wish: Runtime | undefined,
): ScaffoldTarget {
  if (wish === undefined || wish === runtime) return { kind: "worker", runtime, isThere: true };
  throw refused(
    `${path} holds a worker for ${RUNTIME_NAMES[runtime]} already, not for ${RUNTIME_NAMES[wish]}.`,
    "Name another folder.",
  );
}

/** Files of ours may be there already, when an earlier try was cut off: they are compared later. */
function newWorker(facts: FolderFacts, runtime: WorkerRuntime) {
  const { path, manifest } = facts;
  const strangers = findStrangers(facts);
  if (manifest !== null || strangers.length > 0) {
    const shown = (strangers.length > 0 ? strangers : ["package.json"]).slice(0, SHOWN_MAX);
    const more = strangers.length > SHOWN_MAX ? ` and ${strangers.length - SHOWN_MAX} more` : "";
    throw refused(
      `${path} is not empty: it has ${shown.join(", ")}${more}.`,
      manifest === null
        ? "Name an empty folder, or one that isn't there yet."
        : "Leave --runtime out to add to the app that is there, or name an empty folder.",
    );
  }
  return { kind: "worker", runtime, isThere: false } as const;
}

/** Of a worker that was only partly written. Its .gitignore is written first, its package.json last. */
const OWN_ENTRIES = [".gitignore", "README.md", "src", "test", "tsconfig.json"];
const OWN_SOURCES = ["app.ts", "inngest", "listen.ts", "serve.ts"];

function findStrangers({ entries, sourceEntries }: FolderFacts): readonly string[] {
  if (!entries.includes(".gitignore")) return entries;
  return [
    ...entries.filter((name) => !OWN_ENTRIES.includes(name)),
    ...sourceEntries.filter((name) => !OWN_SOURCES.includes(name)).map((name) => `src/${name}`),
  ];
}

function existingApp(
  facts: FolderFacts,
  dependencies: Readonly<Record<string, string>>,
  wish: Runtime | undefined,
): ScaffoldTarget {
  const found = appRuntimes.filter((name) => dependencies[name] !== undefined);
  const runtime = found.find((name) => name === (wish ?? name));
  const { path, hasTypeScript } = facts;
  if (runtime === undefined) {
    const wanted = wish === undefined ? "next, express or hono" : wish;
    throw refused(
      `${path}/package.json does not name ${wanted} among its dependencies.`,
      found.length > 0
        ? `It names ${found.join(" and ")}: leave --runtime out, or choose that.`
        : "Add it there first, or name an empty folder for a worker of its own.",
    );
  }
  if (!hasTypeScript) {
    throw refused(
      `${path} has no TypeScript, and the files are TypeScript.`,
      "Add typescript and a tsconfig.json, or name an empty folder for a worker of its own.",
    );
  }
  refuseOldSdk(path, dependencies["inngest"]);
  return {
    kind: "app",
    runtime,
    prefix: decidePrefix(facts, runtime),
    importEnding: facts.importEnding ?? (runtime === "next" ? "" : ".js"),
  };
}

function refuseOldSdk(path: string, range: string | undefined): void {
  if (range === undefined || !/^[~^>=v ]*[0-3]\./.test(range)) return;
  throw refused(
    `${path} has inngest ${range}, and the files are for version 4.`,
    "Upgrade it first: docs/from-v3.md shows what changes.",
  );
}

function decidePrefix({ entries, sourceEntries }: FolderFacts, runtime: AppRuntime) {
  if (runtime !== "next") return entries.includes("src") ? "src/" : "";
  // Next.js looks for routes in one place only, and the root wins.
  const isAtRoot = entries.some((name) => name === "app" || name === "pages");
  const isInSource = sourceEntries.some((name) => name === "app" || name === "pages");
  return isInSource && !isAtRoot ? "src/" : "";
}

/** A name for the app at the engine: what is left of the folder's name. */
export function appName(path: string): string {
  const name = basename(path)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return name === "" ? "my-worker" : name;
}

function refused(message: string, fix: string): CliError {
  return new CliError({ code: "refused", message: `${message} Nothing was written.`, fix });
}
