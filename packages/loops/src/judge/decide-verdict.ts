// What an attempt comes to. Checks decide; a model may only be stricter, and where it can't be read the
// attempt is a person's to decide (field lessons 26, 27, 33).
//
//   V1. No PASS without a change, locked tests that ran, and nothing that failed anew.
//   V2. An opinion never makes a verdict milder: PASS is milder than FAIL, NEW_TESTS and LATER, and these
//       are milder than NEEDS_HUMAN.
//   V3. Tests are written anew at most once a story; after that a person is asked.
//   V4. A story is put off at most once.

import { newFailures } from "../checks/compare.ts";
import type { CheckResult, Verdict } from "../record/fact.ts";
import type { StoryState } from "../record/loop-state.ts";
import type { Opinion } from "./opinion.ts";

export interface Decided {
  readonly verdict: Verdict;
  /** Sentences for people and for the next attempt. */
  readonly reasons: readonly string[];
  readonly failingTests: readonly string[];
  readonly by: "checks" | "model";
}

/** What the checks say: `isAsked` where a model's opinion may still change it. */
export interface ByChecks extends Decided {
  readonly isAsked: boolean;
}

/** At most one set of tests more (V3). */
const TEST_ROUNDS_MAX = 2;

/** `story` has an attempt that is implemented and, if that made a commit, reviewed. Pure. */
export function decideByChecks(story: StoryState, baseline: readonly CheckResult[]): ByChecks {
  const { planned, implemented, reviewed } = story;
  if (planned === null || implemented === null) {
    throw new Error(`broken promise: ${story.id} was implemented before it is judged`);
  }
  if (implemented.commit === null) {
    return final("FAIL", [implemented.problem ?? "It changed nothing."], []);
  }
  if (reviewed === null) throw new Error(`broken promise: ${story.id} was reviewed`);
  const checks = newFailures(baseline, reviewed.checks);
  const areChecksGood = checks.failures.length === 0;
  if (reviewed.locked === null) {
    const why = reviewed.problem ?? "No usable tests were written.";
    // Whatever the tests: the code is bad. They are written with its next attempt.
    if (!areChecksGood) return final("FAIL", [...checks.sentences, why], checks.failures);
    return { ...newTests(story, [why], []), isAsked: false };
  }
  const failing = reviewed.failingLockedTests;
  if (failing === null) {
    return final("NEEDS_HUMAN", [reviewed.problem ?? "Its tests could not be run."], []);
  }
  if (failing.length === 0) {
    return areChecksGood
      ? { ...decided("PASS", ["All checks and all tests pass."], []), isAsked: true }
      : final("FAIL", checks.sentences, checks.failures);
  }
  const reasons = [tellTests(failing), ...checks.sentences];
  const failures = [...new Set([...failing, ...checks.failures])];
  const others = areChecksGood ? findToolsThatFailedAt(story, failing) : [];
  if (others.length === 0) return { ...decided("FAIL", reasons, failures), isAsked: true };
  const why = `The same tests fail with the code of ${[...others, planned.tool].join(" and ")}: they may be bad.`;
  return { ...newTests(story, [why, ...reasons], failures), isAsked: false };
}

/** Where no model is asked: what changes the checks themselves is for a person to look at. */
export function decideAlone(
  { isAsked: _, ...checked }: ByChecks,
  { reviewed }: StoryState,
): Decided {
  const weakened = reviewed?.weakened ?? [];
  if (checked.verdict !== "PASS" || weakened.length === 0) return checked;
  const why = `It passes, and it ${weakened.join("; it ")}: a person has to look whether that is right.`;
  return { ...checked, verdict: "NEEDS_HUMAN", reasons: [why] };
}

/**
 * `opinion`: null where none could be had, twice. Call it only where a model was asked. What the model
 * says of the tests comes first: code can't be mended to hold tests that are wrong.
 */
export function combine(byChecks: ByChecks, opinion: Opinion | null, story: StoryState): Decided {
  const { isAsked, ...checked } = byChecks;
  if (!isAsked) return checked;
  const hasPassed = checked.verdict === "PASS";
  if (opinion === null) {
    if (!hasPassed) return checked;
    const why = "The judge gave no answer that can be used.";
    return { ...checked, verdict: "NEEDS_HUMAN", reasons: [...checked.reasons, why], by: "model" };
  }
  const reasons = hasPassed ? opinion.reasons : [...checked.reasons, ...opinion.reasons];
  if (opinion.testsContradictCriteria) {
    const why = "By the judge's finding the tests contradict the criteria.";
    return { ...newTests(story, [why, ...reasons], checked.failingTests), by: "model" };
  }
  const { needsStory } = opinion;
  if (needsStory !== null && needsStory !== story.id) {
    return { ...checked, ...putOff(story, needsStory, reasons), by: "model" };
  }
  if (!hasPassed) return { ...checked, reasons, by: "model" };
  if (opinion.verdict === "fail") return { ...checked, verdict: "FAIL", reasons, by: "model" };
  return { ...checked, reasons: [...checked.reasons, ...reasons], by: "model" };
}

function final(
  verdict: Verdict,
  reasons: readonly string[],
  failingTests: readonly string[],
): ByChecks {
  return { ...decided(verdict, reasons, failingTests), isAsked: false };
}

function decided(
  verdict: Verdict,
  reasons: readonly string[],
  failingTests: readonly string[],
): Decided {
  return { verdict, reasons, failingTests, by: "checks" };
}

/** The code stays as it is: what is wrong is no fault of its own, as far as anybody can tell (V3). */
function newTests(
  story: StoryState,
  reasons: readonly string[],
  failingTests: readonly string[],
): Decided {
  const hasBeenAnew =
    story.testRounds >= TEST_ROUNDS_MAX ||
    story.verdicts.some(({ verdict }) => verdict === "NEW_TESTS");
  if (!hasBeenAnew) return decided("NEW_TESTS", reasons, failingTests);
  const why = "Its tests were written anew once already: a person has to decide.";
  return decided("NEEDS_HUMAN", [...reasons, why], failingTests);
}

function putOff(story: StoryState, needed: string, reasons: readonly string[]) {
  const wasPutOff = story.verdicts.some(({ verdict }) => verdict === "LATER");
  const verdict: Verdict = wasPutOff ? "FAIL" : "LATER";
  const why = wasPutOff
    ? `The judge says again that it needs ${needed}; it was put off once already.`
    : `It needs ${needed}: it comes again after the others.`;
  return { verdict, reasons: [why, ...reasons] };
}

function tellTests(names: readonly string[]): string {
  const shown = names.slice(0, 5).join("; ");
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  const [noun, verb] = names.length === 1 ? ["test", "fails"] : ["tests", "fail"];
  return `${names.length} ${noun} of the review ${verb}: ${shown}${more}.`;
}

/** Other agents whose code has failed at all of these tests, too, since the tests were written. */
function findToolsThatFailedAt(story: StoryState, failing: readonly string[]): readonly string[] {
  const since = story.verdicts.slice(
    story.verdicts.findLastIndex(({ verdict }) => verdict === "NEW_TESTS") + 1,
  );
  const tools = since
    .filter(({ verdict }) => verdict === "FAIL")
    .filter(({ failingTests }) => failing.every((name) => failingTests.includes(name)))
    .map(({ tool }) => tool)
    .filter((tool) => tool !== story.planned?.tool);
  return [...new Set(tools)];
}
