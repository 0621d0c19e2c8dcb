import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { CliError } from "../output/failure.ts";
import type { FolderFacts, ImportEnding, Manifest, PackageManager } from "./folder-facts.ts";

/** Left by programs, not by a person: they do not make a folder somebody's. */
const BYSTANDERS = [".git", ".DS_Store", "node_modules", "data", ".env"];
const LOCK_FILES: readonly (readonly [string, PackageManager])[] = [
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["package-lock.json", "npm"],
];
const MANIFEST_BYTES_MAX = 1024 * 1024;
/** So many sources tell how imports are written; a repository may have thousands. */
const SOURCES_MAX = 50;
const SOURCE_BYTES_MAX = 16_384;
const SOURCES = ["*.{ts,tsx}", "{src,app,lib,pages,server}/**/*.{ts,tsx}"];

const versions = z.record(z.string(), z.string()).default({});
const manifestSchema = z.object({
  dependencies: versions,
  devDependencies: versions,
  systemBusWorker: z.enum(["bun", "node"]).nullable().catch(null).default(null),
});

/** Reads, and changes nothing. Throws for a package.json that is none. */
export async function lookAtFolder(path: string): Promise<FolderFacts> {
  const kind = await kindOf(path);
  const names = kind === "folder" ? (await readdir(path)).sort() : [];
  const lockFiles = LOCK_FILES.map(([name]) => name);
  const manifest = names.includes("package.json") ? await loadManifest(path) : null;
  const packageManager = LOCK_FILES.find(([name]) => names.includes(name))?.[1] ?? "npm";
  return {
    ...{ path, kind, manifest, packageManager },
    entries: names.filter((name) => !BYSTANDERS.includes(name) && !lockFiles.includes(name)),
    hasTypeScript:
      names.includes("tsconfig.json") ||
      packageManager === "bun" ||
      manifest?.dependencies.typescript !== undefined,
    importEnding: manifest === null ? null : await findImportEnding(path, names),
    sourceEntries: names.includes("src") ? await readdir(join(path, "src")).catch(() => []) : [],
  };
}

async function kindOf(path: string): Promise<FolderFacts["kind"]> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") return "absent";
    if (code === "ENOTDIR") return "file";
    throw new CliError(
      {
        code: "refused",
        message: `${path} can't be looked at: ${String(code)}. Nothing was written.`,
        fix: "Name another folder.",
      },
      { cause: error },
    );
  }
}

async function loadManifest(folder: string): Promise<Manifest> {
  const file = Bun.file(join(folder, "package.json"));
  const found = manifestSchema.safeParse(
    file.size > MANIFEST_BYTES_MAX ? null : await file.json().catch(() => null),
  );
  if (!found.success) {
    throw new CliError({
      code: "refused",
      message: `${file.name} is not a package.json that can be read. Nothing was written.`,
      fix: "Mend it, or name another folder.",
    });
  }
  const { dependencies, devDependencies, systemBusWorker } = found.data;
  return { dependencies: { ...devDependencies, ...dependencies }, worker: systemBusWorker };
}

/** As most of the relative imports that are there already; null where there are none to go by. */
async function findImportEnding(
  folder: string,
  names: readonly string[],
): Promise<ImportEnding | null> {
  const texts = await readSources(folder);
  const endings = texts.flatMap(readImportEndings);
  const [first] = rank(endings);
  if (first !== undefined) return first;
  const config = names.includes("tsconfig.json")
    ? await readFile(join(folder, "tsconfig.json"), "utf8")
    : "";
  const mayEndInTs = /"(allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/;
  return mayEndInTs.test(config) ? ".ts" : null;
}

async function readSources(folder: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const pattern of SOURCES) {
    for await (const path of new Bun.Glob(pattern).scan({ cwd: folder, onlyFiles: true })) {
      if (texts.length === SOURCES_MAX) return texts;
      const isOurs = basename(dirname(path)) === "inngest";
      if (isOurs || path.includes("node_modules/")) continue;
      texts.push(await Bun.file(join(folder, path)).slice(0, SOURCE_BYTES_MAX).text());
    }
  }
  return texts;
}

function readImportEndings(source: string): readonly ImportEnding[] {
  const paths = source.matchAll(/\bfrom\s+["'](\.{1,2}\/[^"']+)["']/g);
  return [...paths].flatMap(([, path = ""]): ImportEnding[] => {
    const name = basename(path);
    if (/\.tsx?$/.test(name)) return [".ts"];
    if (/\.[cm]?jsx?$/.test(name)) return [".js"];
    return name.includes(".") ? [] : [""];
  });
}

function rank(endings: readonly ImportEnding[]): readonly ImportEnding[] {
  const count = (ending: ImportEnding) => endings.filter((other) => other === ending).length;
  return [...new Set(endings)].sort((one, other) => count(other) - count(one));
}
