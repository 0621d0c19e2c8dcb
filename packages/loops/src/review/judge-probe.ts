// What a probe came to: rules P1-P4 of `probe.ts`. Pure.

import type { TestsRun } from "./probe.ts";
import type { ReportedTest } from "./read-report.ts";
import { STUB_ERROR } from "./stub-error.ts";

export type StubVerdict =
  | {
      readonly kind: "good";
      /** Names of the tests, to be locked. */
      readonly tests: readonly string[];
      /** Those that pass whatever the stub does: they hold nothing to anything. */
      readonly empty: readonly string[];
    }
  /** Words for a reviewer that tries again, and for people. */
  | { readonly kind: "bad"; readonly problem: string };

export interface StubProbe {
  /** As `readProbe` gives them: with the throwing stub, then with the silent one, if there is one. */
  readonly runs: readonly TestsRun[];
  readonly files: readonly string[];
  /** Whether all that the story provides was there as a stub (`Declarations.isWhole`). */
  readonly isWhole: boolean;
  /** What the tests did to the project's files, from `findWritten`. */
  readonly written: readonly string[];
}

const NAMES_SHOWN = 5;

export function judgeStubProbe({ runs, files, isWhole, written }: StubProbe): StubVerdict {
  const [loud, silent] = runs;
  if (loud === undefined) return bad("the tests were not run");
  const absent = files.filter((file) => !loud.tests.some((test) => test.file === file));
  const unfit = findUnstarted(loud) ?? (isWhole ? findAbsent(loud, absent) : null);
  if (unfit !== null) return bad(unfit);
  if (written.length > 0) {
    return bad(
      `the tests change files of the project: ${shorten(written)}. Let them write into a temporary folder.`,
    );
  }
  const skipped = files.filter((file) => !absent.includes(file) && !hasRealTest(loud, file));
  if (skipped.length > 0) {
    return bad(
      `all tests of ${shorten(skipped)} are skipped, or marked as still to be written: those are none`,
    );
  }
  const tests = loud.tests.filter(isReal);
  const loudPasses = namesOf(tests, "passed");
  const empty =
    silent === undefined ? loudPasses : loudPasses.filter(isIn(namesOf(silent.tests, "passed")));
  if (empty.length === tests.length && absent.length === 0) {
    return bad(
      `no test fails without an implementation, so none of them tests it: ${shorten(empty)}. Assert what the story's criteria say about results.`,
    );
  }
  return { kind: "good", tests: [...tests.map(({ name }) => name), ...absent], empty };
}

function findUnstarted({ result }: TestsRun): string | null {
  if (result.endedBy === "not-started") return `the tests could not be started:\n${said(result)}`;
  if (result.endedBy === "exit") return null;
  return `the tests don't end: they were stopped after ${Math.round(result.durationMs / 1000)} s`;
}

function findAbsent({ result }: TestsRun, absent: readonly string[]): string | null {
  if (absent.length === 0) return null;
  if (result.exitCode === 0) return `there is no test in ${absent.join(", ")}`;
  const words = said(result);
  const hint = words.includes(STUB_ERROR)
    ? " It calls the implementation while it loads: call it inside of tests only."
    : "";
  return `${absent.join(", ")} does not load, or has no test.${hint}\n${words}`;
}

function said({ firstErrors }: TestsRun["result"]): string {
  return firstErrors
    .slice(0, 8)
    .map((line) => line.trim())
    .join("\n");
}

function hasRealTest({ tests }: TestsRun, file: string): boolean {
  return tests.some((test) => test.file === file && isReal(test));
}

/** Which of the locked tests fail at the head; empty when all hold. */
export function judgeHeadProbe(
  run: TestsRun | undefined,
  locked: readonly string[],
): { readonly failing: readonly string[]; readonly firstErrors: readonly string[] } {
  if (run === undefined) return { failing: locked, firstErrors: ["the tests were not run"] };
  const { result } = run;
  const failed = namesOf(run.tests, "failed");
  const failing = [...new Set([...locked.filter((name) => !holds(name, run)), ...failed])];
  const isSound = result.endedBy === "exit" && result.exitCode === 0;
  if (failing.length > 0 || isSound) return { failing, firstErrors: result.firstErrors };
  const how =
    result.endedBy === "exit" ? `exit code ${result.exitCode ?? "unknown"}` : result.endedBy;
  return {
    failing: [`the test run itself (${how}, though no test failed)`],
    firstErrors: result.firstErrors,
  };
}

/** A file that didn't load before is locked by its path: it holds when it has tests, and none fails. */
function holds(name: string, run: TestsRun): boolean {
  const same = run.tests.filter((test) => test.name === name);
  if (same.length > 0) return same.every(({ outcome }) => outcome === "passed");
  const ofFile = run.tests.filter((test) => test.file === name);
  return hasRealTest(run, name) && ofFile.every(({ outcome }) => outcome !== "failed");
}

function isReal({ outcome }: ReportedTest): boolean {
  return outcome !== "skipped";
}

function namesOf(tests: readonly ReportedTest[], outcome: ReportedTest["outcome"]): string[] {
  return tests.filter((test) => test.outcome === outcome).map(({ name }) => name);
}

function isIn(names: readonly string[]): (name: string) => boolean {
  return (name) => names.includes(name);
}

function shorten(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : "";
  return `${names.slice(0, NAMES_SHOWN).join(", ")}${more}`;
}

function bad(problem: string): StubVerdict {
  return { kind: "bad", problem };
}
