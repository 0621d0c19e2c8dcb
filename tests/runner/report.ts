// Reads what `bun test --reporter=junit` wrote, and holds it against the files that were to run.
//
// Rules:
//   R1. Every test file answers for itself. One that is missing from the report (it did not load, or the process ended
//       in the middle, even with exit code 0) is one failure.
//   R2. An exit code that is not 0 is at least one failure, whatever the report says.

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface SuiteEnd {
  /** Null when the process was killed by a signal. */
  readonly exitCode: number | null;
  /** The junit report, or null when none was written. */
  readonly report: string | null;
  /** The test files that were to run, relative to the suite's folder. */
  readonly files: readonly string[];
}

export interface SuiteResult extends Counts {
  /** One sentence for each failure that is not a failed test. */
  readonly problems: readonly string[];
}

export const NOTHING_COUNTED: Counts = { passed: 0, failed: 0, skipped: 0 };

export function readSuiteResult({ exitCode, report, files }: SuiteEnd): SuiteResult {
  const reported = report === null ? NOTHING_COUNTED : readCounts(report);
  const filesReported = new Set(report === null ? [] : readFiles(report));
  const problems = files
    .filter((file) => !filesReported.has(file))
    .map(
      (file) =>
        `${file} reported nothing: it did not load, holds no test, or its process ended early`,
    );

  if (exitCode !== 0 && reported.failed + problems.length === 0) {
    problems.push(
      `bun test ended with ${exitCode === null ? "a signal" : `exit code ${exitCode}`}`,
    );
  }
  return { ...reported, failed: reported.failed + problems.length, problems };
}

export function addCounts(one: Counts, other: Counts): Counts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** The last line of `bin/test`. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  const skippedPart = skipped > 0 ? `, ${skipped} skipped` : "";
  return `${passed} passed, ${failed} failed${skippedPart}`;
}

function readCounts(report: string): Counts {
  const root = /<testsuites\b[^>]*>/.exec(report)?.[0] ?? "";
  const [tests, failed, skipped] = [
    count(root, "tests"),
    count(root, "failures"),
    count(root, "skipped"),
  ];
  return { passed: tests - failed - skipped, failed, skipped };
}

function count(tag: string, attribute: string): number {
  return Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(tag)?.[1] ?? 0);
}

function readFiles(report: string): string[] {
  return [...report.matchAll(/<testsuite\b[^>]*? file="([^"]+)"/g)].map((match) => match[1] ?? "");
}
