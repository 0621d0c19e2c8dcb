import { isTestFile, type TestRunner, type TestRunnerName } from "./test-runner.ts";

export interface KnownOfTests {
  /** Commands that people run, each as one line: the PRD's checks, scripts. */
  readonly commands: readonly string[];
  /** Packages that the project names. */
  readonly packages: readonly string[];
  readonly files: readonly string[];
  /** Some tests, and what they say. */
  readonly tests: readonly { readonly path: string; readonly text: string }[];
}

/** Which runner the project's tests are for: by its commands, then by its tests, then by its packages. */
export function findRunner(known: KnownOfTests): TestRunner | null {
  for (const command of known.commands) {
    const runner = readCommand(command);
    if (runner !== null) return runner;
  }
  const name = byTests(known) ?? byPackages(known) ?? byFiles(known);
  return name === null ? null : { name, options: [] };
}

function readCommand(command: string): TestRunner | null {
  if (/\bvitest\b/.test(command)) return { name: "vitest", options: [] };
  if (/\bjest\b/.test(command)) return { name: "jest", options: [] };
  if (/\bpytest\b/.test(command)) return { name: "pytest", options: [] };
  if (/\bbun test\b/.test(command)) return { name: "bun", options: [] };
  if (/\btsx\b.* --test\b/.test(command)) return { name: "node", options: ["--import", "tsx"] };
  const node = /\bnode\s+(.*--test(?=\s|$).*)/.exec(command)?.[1];
  return node === undefined ? null : { name: "node", options: readNodeOptions(node) };
}

const TAKE_A_VALUE: ReadonlySet<string> = new Set([
  ...["--import", "--require", "-r", "--loader", "--experimental-loader", "--conditions", "-C"],
]);
/** Which tests run, and who hears of it, is ours to say. */
const NOT_KEPT = /^(--test|--test-.*|--watch.*|--experimental-test-coverage)$/;

/** What a test file needs to load: `--import tsx`, `--experimental-strip-types`. */
function readNodeOptions(rest: string): string[] {
  const words = rest.split(/\s+/).map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
  const options: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (!word.startsWith("-")) break;
    const value = TAKE_A_VALUE.has(word) ? [words[index + 1] ?? ""] : [];
    index += value.length;
    if (!NOT_KEPT.test(word)) options.push(word, ...value);
  }
  return options;
}

const IMPORTS: readonly (readonly [RegExp, TestRunnerName])[] = [
  [/["']bun:test["']/, "bun"],
  [/["']node:test["']/, "node"],
  [/["']vitest["']/, "vitest"],
  [/["']@jest\/globals["']/, "jest"],
];

function byTests({ tests }: KnownOfTests): TestRunnerName | null {
  for (const { text } of tests) {
    const found = IMPORTS.find(([pattern]) => pattern.test(text));
    if (found !== undefined) return found[1];
  }
  return null;
}

function byPackages({ packages }: KnownOfTests): TestRunnerName | null {
  if (packages.includes("vitest")) return "vitest";
  if (packages.includes("jest") || packages.includes("ts-jest")) return "jest";
  if (packages.includes("@types/bun") || packages.includes("bun-types")) return "bun";
  return null;
}

function byFiles({ files }: KnownOfTests): TestRunnerName | null {
  if (files.includes("pytest.ini") || files.some((path) => isTestFile("pytest", path))) {
    return "pytest";
  }
  return files.includes("bun.lock") || files.includes("bun.lockb") ? "bun" : null;
}
