// What an implementation offers, without how it does it: `.d.ts` files, made by TypeScript's own compiler.
//
//   D1. Nothing of the project is run. The compiler is ours, pinned, and starts outside the project.
//   D2. No word of the implementor's gets through but names and types: comments are left out.
//   D3. What the project's tsconfig.json says of the language holds; where files go, and what is emitted,
//       is ours. Type errors don't matter here: they are the checks' business.

import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { runBounded } from "@system-bus/programs/run-bounded";
import { parseSync } from "oxc-parser";

/** One source file's interface. */
export interface InterfaceFile {
  /** Of the source, relative to the project. */
  readonly path: string;
  readonly declarations: string;
  /** How its exports are written: a stub of it has to be loaded in the same way. */
  readonly format: "module" | "commonjs";
}

export interface DeclarationsRequest {
  /** The checkout in which the implementation stands. */
  readonly folder: string;
  /** Files that it added or changed and that are there, relative to the folder. Others are left out. */
  readonly files: readonly string[];
  /** Whether a path is a test: its declarations are nobody's interface. */
  readonly isTest: (path: string) => boolean;
  /** For the compiler's settings and output; emptied first. */
  readonly scratch: string;
  readonly timeMaxMs?: number;
}

export interface Declarations {
  readonly files: readonly InterfaceFile[];
  /** Source files of which none could be made, with the compiler's first words. */
  readonly problems: readonly string[];
  /** Whether these are all that a test could load of what was changed. */
  readonly isWhole: boolean;
}

const SOURCE = /\.([cm]?)([jt])sx?$/;
/** Nothing that a test loads by its name. */
const NEVER_LOADED =
  /(^|\/)(package\.json|tsconfig[^/]*\.json|bun\.lockb?|[^/]*lock\.(json|yaml))$|\.(md|txt|d\.[cm]?ts)$/;
const IS_DECLARATION = /\.d\.([cm]?ts|[^/]+\.ts)$/;
const FILES_MAX = 200;
const TIME_MAX_MS = 60_000;
const OUTPUT_MAX_BYTES = 1024 * 1024;

export async function makeDeclarations(request: DeclarationsRequest): Promise<Declarations> {
  const sources = request.files
    .filter((path) => SOURCE.test(path) && !IS_DECLARATION.test(path) && !request.isTest(path))
    .slice(0, FILES_MAX);
  await rm(request.scratch, { recursive: true, force: true });

  const made: Compiled[] = [];
  const groups = Map.groupBy(sources, (path) => nearestConfig(request.folder, path));
  for (const [extending, group] of groups) {
    const name = String(made.length);
    const compiled = await compile(request, { name, sources: group, extending });
    // A tsconfig.json that is beyond the compiler (an option that is gone): the language alone, then.
    const isBeyond = compiled.files.length === 0 && extending !== null;
    made.push(
      isBeyond
        ? await compile(request, { name: `${name}-plain`, sources: group, extending: null })
        : compiled,
    );
  }
  const files = made.flatMap((compiled) => compiled.files);
  const known = new Set(files.map(({ path }) => path));
  const others = request.files.filter((path) => !request.isTest(path) && !NEVER_LOADED.test(path));
  return {
    files,
    problems: made.flatMap(({ problems }) => problems),
    isWhole: files.length > 0 && others.every((path) => known.has(path)),
  };
}

/** The tsconfig.json that stands next to a source, or above it within the project. */
function nearestConfig(folder: string, path: string): string | null {
  for (let at = dirname(path); ; at = dirname(at)) {
    const config = join(folder, at, "tsconfig.json");
    if (existsSync(config)) return config;
    if (at === ".") return null;
  }
}

type Compiled = Omit<Declarations, "isWhole">;

interface Compilation {
  readonly name: string;
  readonly sources: readonly string[];
  readonly extending: string | null;
}

async function compile(
  { folder, scratch, timeMaxMs = TIME_MAX_MS }: DeclarationsRequest,
  { name, sources, extending }: Compilation,
): Promise<Compiled> {
  const place = join(scratch, name);
  const outputFolder = join(place, "out");
  await mkdir(place, { recursive: true, mode: 0o700 });
  const config = {
    ...(extending === null ? {} : { extends: extending }),
    compilerOptions: {
      ...(extending === null ? PLAIN_OPTIONS : {}),
      ...EMITTING_OPTIONS,
      ...{ outDir: outputFolder, declarationDir: outputFolder, rootDir: folder },
    },
    files: sources.map((path) => join(folder, path)),
    include: [],
    references: [],
  };
  await writeFile(join(place, "tsconfig.json"), JSON.stringify(config), { mode: 0o600 });
  const outputPath = join(place, "tsc.log");
  await runBounded({
    command: process.execPath,
    args: [COMPILER_PATH, "--project", place, "--pretty", "false"],
    ...{ cwd: place, env: { PATH: process.env["PATH"] ?? "" } },
    ...{ outputPath, outputMaxBytes: OUTPUT_MAX_BYTES, timeMaxMs },
  });
  const said = (await readFile(outputPath, "utf8")).trim().split("\n")[0] ?? "";

  const read = await Promise.all(sources.map((path) => readOne(path, { folder, outputFolder })));
  return {
    files: read.filter((file) => file !== null),
    problems: sources
      .filter((_, index) => read[index] === null)
      .map((path) => `${path}: no declarations could be made${said === "" ? "" : ` (${said})`}`),
  };
}

/** For a project that has no tsconfig.json. */
const PLAIN_OPTIONS = {
  ...{ target: "esnext", module: "preserve", moduleResolution: "bundler", jsx: "preserve" },
  ...{ strict: true, allowImportingTsExtensions: true },
};

/** Whatever the project says: its declarations, all of them, and nothing else. */
const EMITTING_OPTIONS = {
  ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, declarationMap: false },
  ...{ noCheck: true, noEmitOnError: false, skipLibCheck: true, isolatedDeclarations: false },
  ...{ composite: false, incremental: false, tsBuildInfoFile: null },
  ...{ allowJs: true, checkJs: false, maxNodeModuleJsDepth: 0 },
  ...{ removeComments: true, stripInternal: false },
};

const COMPILER_PATH = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

async function readOne(
  path: string,
  { folder, outputFolder }: { folder: string; outputFolder: string },
): Promise<InterfaceFile | null> {
  const declarationPath = join(outputFolder, path.replace(SOURCE, ".d.$1ts"));
  const declarations = await readFile(declarationPath, "utf8").catch(() => null);
  // The parser may not know yet what the compiler writes: then there is no stub to be made of it.
  if (declarations === null || hasErrors(declarations)) return null;
  const format = await readFormat(join(folder, path));
  return { path, declarations: declarations.trim(), format };
}

function hasErrors(declarations: string): boolean {
  return parseSync("a.d.ts", declarations, { lang: "dts" }).errors.length > 0;
}

/** TypeScript is written with `import` and `export`, whatever becomes of it. */
async function readFormat(path: string): Promise<InterfaceFile["format"]> {
  if (/tsx?$/.test(path)) return "module";
  if (path.endsWith(".cjs")) return "commonjs";
  const { module } = parseSync(path, await readFile(path, "utf8"));
  return module.hasModuleSyntax ? "module" : "commonjs";
}
