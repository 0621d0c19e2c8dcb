import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isTestFile, type TestRunnerName } from "../checks/test-runner.ts";

export interface ReviewedChange {
  readonly path: string;
  readonly kind: "added" | "changed" | "deleted" | "type";
}

export interface CollectedTests {
  /** Paths of the tests, relative to the reviewer's checkout. Empty: it wrote none. */
  readonly tests: readonly string[];
  /** What else it did, a sentence each: none of it counts. */
  readonly dropped: readonly string[];
}

const TESTS_MAX = 50;
const TEST_BYTES_MAX = 512 * 1024;
const ALL_BYTES_MAX = 4 * 1024 * 1024;

/**
 * New test files are what a review may write, and nothing else of what it has done counts: a reviewer
 * that changes the project's own tests or code would decide by that what passes.
 */
export async function collectTests({
  folder,
  changes,
  runner,
}: {
  readonly folder: string;
  /** What the reviewer's checkout differs in from its base commit. */
  readonly changes: readonly ReviewedChange[];
  readonly runner: TestRunnerName;
}): Promise<CollectedTests> {
  const tests: string[] = [];
  const dropped: string[] = [];
  let allBytes = 0;
  for (const change of changes) {
    const { path } = change;
    const text = await readText(join(folder, path));
    const why =
      whyNotMeant(change, runner) ??
      whyMisnamed(path, runner) ??
      whyUnfit(text, { testCount: tests.length, allBytes });
    if (why === null) {
      tests.push(path);
      allBytes += text?.length ?? 0;
    } else {
      dropped.push(`${path}: ${why}`);
    }
  }
  return { tests, dropped };
}

function whyNotMeant({ path, kind }: ReviewedChange, runner: TestRunnerName): string | null {
  if (kind === "deleted") return "a file of the project, deleted by the review";
  if (kind !== "added") return "a file of the project, changed by the review";
  return isTestFile(runner, path) ? null : `no file that ${runner} takes for a test`;
}

/** Names go to the runner as arguments, as they are. */
function whyMisnamed(path: string, runner: TestRunnerName): string | null {
  if (path.startsWith("-")) return "a name that the runner would take for an option";
  if (/\p{Cc}/u.test(path)) return "a name with control characters";
  // Since version 21 node takes what it is given for patterns, and has no way to say otherwise.
  const isPattern = runner === "node" && /[[\]{}*?\\]/.test(path);
  return isPattern ? "a name that node takes for a pattern" : null;
}

function whyUnfit(
  text: string | null,
  { testCount, allBytes }: { readonly testCount: number; readonly allBytes: number },
): string | null {
  if (text === null) return `no plain file, or larger than ${TEST_BYTES_MAX} bytes`;
  if (testCount === TESTS_MAX) return `more than ${TESTS_MAX} test files`;
  if (allBytes + text.length > ALL_BYTES_MAX) return `more than ${ALL_BYTES_MAX} bytes of tests`;
  // It holds the code to whatever the code has said first; and in CI none is written.
  return /\.toMatch(File)?Snapshot\(/.test(text) ? "snapshots hold code only to itself" : null;
}

/** One byte a character: what matters is found in it, and its length is the file's. */
async function readText(path: string): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  // A link could lead out of the project.
  if (found?.isFile() !== true || found.size > TEST_BYTES_MAX) return null;
  return await readFile(path, "latin1");
}
