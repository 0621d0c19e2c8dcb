import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { findRunner, type KnownOfTests } from "./find-runner.ts";
import { listFiles } from "./list-files.ts";
import { isTestFile, TEST_RUNNERS, type TestRunner, type TestRunnerName } from "./test-runner.ts";

export interface FoundChecks {
  /** What fetches the project's dependencies; null where it has none. */
  readonly setup: readonly string[] | null;
  /** Programs with their arguments, in the order in which they run. */
  readonly checks: readonly (readonly string[])[];
  /** Null: none of those whose tests we can run one by one. */
  readonly runner: TestRunnerName | null;
  /** The same, with what its command line needs. */
  readonly testRunner: TestRunner | null;
  /** Some tests that the project has: they show where such files stand, and how they are written. */
  readonly testFiles: readonly string[];
}

const TYPE_SCRIPTS = ["typecheck", "type-check", "check:types", "check-types", "types", "tsc"];
const LINT_SCRIPTS = ["lint", "check:lint", "lint:check"];
const TEST_FILES_MAX = 5;
const TEST_FILE_BYTES_MAX = 256 * 1024;
/** What `npm init` writes. */
const NO_TESTS = /no test specified/;

const Record = z.record(z.string(), z.string()).catch({});
const PackageSchema = z.object({
  scripts: Record.default({}),
  dependencies: Record.default({}),
  devDependencies: Record.default({}),
  packageManager: z.string().optional().catch(undefined),
});
type Package = z.infer<typeof PackageSchema>;

/** Reads files and runs nothing. The PRD's checks win; the rest is found from what the project says. */
export async function findChecks(
  folder: string,
  prd: { readonly checks?: readonly (readonly string[])[] | undefined },
): Promise<FoundChecks> {
  const files = await listFiles(folder);
  const has = (path: string) => files.includes(path);
  const manifest = has("package.json") ? await readPackage(join(folder, "package.json")) : null;
  const manager = manifest === null ? null : findManager(manifest, has);

  const scripted =
    manifest === null || manager === null ? [] : scriptChecks(manifest, manager, has);
  const checks = prd.checks ?? (scripted.length > 0 ? scripted : otherChecks(files));
  const known = await readTests(folder, files, {
    commands: [
      ...(prd.checks ?? []).map((command) => command.join(" ")),
      ...Object.values(manifest?.scripts ?? {}),
      ...(prd.checks === undefined ? checks.map((command) => command.join(" ")) : []),
    ],
    packages: Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies }),
  });
  const testRunner = findRunner(known);
  return {
    setup: manifest === null || manager === null ? null : await setupOf(manifest, manager, folder),
    ...{ checks, testRunner, runner: testRunner?.name ?? null },
    testFiles: known.tests
      .map(({ path }) => path)
      .filter((path) => testRunner === null || isTestFile(testRunner.name, path)),
  };
}

async function readPackage(path: string): Promise<Package | null> {
  try {
    return PackageSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    // What a person has broken there, their own checks will say better.
    return null;
  }
}

type Manager = { readonly name: "bun" | "pnpm" | "yarn" | "npm"; readonly hasLock: boolean };

function findManager({ packageManager }: Package, has: (path: string) => boolean): Manager {
  if (has("bun.lock") || has("bun.lockb")) return { name: "bun", hasLock: true };
  if (has("pnpm-lock.yaml")) return { name: "pnpm", hasLock: true };
  if (has("yarn.lock")) return { name: "yarn", hasLock: true };
  if (has("package-lock.json") || has("npm-shrinkwrap.json")) return { name: "npm", hasLock: true };
  const said = /^(bun|pnpm|yarn|npm)@/.exec(packageManager ?? "")?.[1];
  if (said === "bun" || said === "pnpm" || said === "yarn") return { name: said, hasLock: false };
  return { name: has("bunfig.toml") ? "bun" : "npm", hasLock: false };
}

/** By the lock file, which no install may change: it would stand in the commit of a story. */
async function setupOf(
  { dependencies, devDependencies }: Package,
  { name, hasLock }: Manager,
  folder: string,
): Promise<readonly string[] | null> {
  if (Object.keys({ ...dependencies, ...devDependencies }).length === 0 && !hasLock) return null;
  if (name === "bun") return ["bun", "install", hasLock ? "--frozen-lockfile" : "--no-save"];
  if (name === "pnpm") return ["pnpm", "install", hasLock ? "--frozen-lockfile" : "--no-lockfile"];
  if (name === "npm") {
    return hasLock
      ? ["npm", "ci", "--no-audit", "--no-fund"]
      : ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"];
  }
  const lock = hasLock ? await readFile(join(folder, "yarn.lock"), "utf8") : "";
  return [
    "yarn",
    "install",
    /^# yarn lockfile v1$/m.test(lock) ? "--frozen-lockfile" : "--immutable",
  ];
}

function scriptChecks(
  { scripts, devDependencies, dependencies }: Package,
  { name }: Manager,
  has: (path: string) => boolean,
): (readonly string[])[] {
  const find = (names: readonly string[]) => names.find((script) => scripts[script] !== undefined);
  const run = (script: string | undefined) => (script === undefined ? [] : [[name, "run", script]]);
  const types = find(TYPE_SCRIPTS);
  const isTyped = has("tsconfig.json") && "typescript" in { ...dependencies, ...devDependencies };
  const hasTests = scripts["test"] !== undefined && !NO_TESTS.test(scripts["test"]);
  return [
    ...(types === undefined && isTyped ? [["tsc", "--noEmit"]] : run(types)),
    ...run(find(LINT_SCRIPTS)),
    ...run(hasTests ? "test" : undefined),
  ];
}

function otherChecks(files: readonly string[]): (readonly string[])[] {
  if (files.includes("go.mod"))
    return [
      ["go", "vet", "./..."],
      ["go", "test", "./..."],
    ];
  if (files.includes("Cargo.toml")) return [["cargo", "test"]];
  if (files.some((path) => isTestFile("pytest", path))) return [["pytest"]];
  return [];
}

/** Tests of the project, the first few, with the beginning of what they say. */
async function readTests(
  folder: string,
  files: readonly string[],
  said: Omit<KnownOfTests, "files" | "tests">,
): Promise<KnownOfTests> {
  const paths = files
    .filter((path) => TEST_RUNNERS.some((runner) => isTestFile(runner, path)))
    .slice(0, TEST_FILES_MAX);
  const tests = await Promise.all(
    paths.map(async (path) => ({
      path,
      text: await Bun.file(join(folder, path)).slice(0, TEST_FILE_BYTES_MAX).text(),
    })),
  );
  return { ...said, files, tests };
}
