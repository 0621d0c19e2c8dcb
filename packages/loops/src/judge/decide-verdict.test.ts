import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SampleLoop, sampleCheck } from "../../test/sample-loop.ts";
import type { Verdict } from "../record/fact.ts";
import { type ByChecks, combine, decideAlone, decideByChecks } from "./decide-verdict.ts";
import type { Opinion } from "./opinion.ts";

const BASELINE = [sampleCheck()];
const RED = sampleCheck({ exitCode: 1, failingTests: ["old"] });
const decide = (loop: SampleLoop) => decideByChecks(loop.story(), BASELINE);
const implemented = () => new SampleLoop().plan().implement();

describe("what the checks say", () => {
  test("V1: all tests and checks pass, and a model may still object", () => {
    expect(decide(implemented().review())).toMatchObject({ verdict: "PASS", isAsked: true });
  });

  const UNCHANGED = ["It changed no file", "It changed tests that are locked: a.test.ts"];
  test.each(UNCHANGED)("V1: without a commit it fails, and nobody is asked: %s", (problem) => {
    const loop = new SampleLoop().plan().implement("US-001", problem);
    expect(decide(loop)).toEqual({
      ...{ verdict: "FAIL", reasons: [problem], failingTests: [], by: "checks", isAsked: false },
    });
  });

  test("V1: no usable test is no pass: the code stays, and tests are written anew", () => {
    const loop = implemented().review({ problem: "all tests are skipped" });
    expect(decide(loop)).toMatchObject({
      ...{ verdict: "NEW_TESTS", reasons: ["all tests are skipped"], isAsked: false },
    });
  });

  test("no usable test, and the code breaks the checks: the code is to be mended first", () => {
    const loop = implemented().review({ problem: "all tests are skipped", checks: [RED] });
    expect(decide(loop)).toMatchObject({ verdict: "FAIL", failingTests: ["old"], isAsked: false });
  });

  test("V3: no usable test a second time is a person's matter", () => {
    const loop = implemented().review({ problem: "they don't load" }).judge("NEW_TESTS");
    loop.plan().implement().review({ problem: "they don't load" });
    expect(decide(loop).verdict).toBe("NEEDS_HUMAN");
  });

  test("tests that could not be run leave it undecided", () => {
    expect(decide(implemented().review({ failing: null })).verdict).toBe("NEEDS_HUMAN");
  });

  test("a locked test that fails is a FAIL, of which a model may say whose fault it is", () => {
    expect(decide(implemented().review({ failing: ["1: words"] }))).toEqual({
      ...{ verdict: "FAIL", reasons: ["1 test of the review fails: 1: words."] },
      ...{ failingTests: ["1: words"], by: "checks", isAsked: true },
    });
  });

  test("a check that passed before is a FAIL, and nobody is asked", () => {
    expect(decide(implemented().review({ checks: [RED] }))).toMatchObject({
      ...{ verdict: "FAIL", failingTests: ["old"], isAsked: false },
    });
  });

  test("what failed before the story counts for nobody", () => {
    const loop = implemented().review({ checks: [RED] });
    expect(decideByChecks(loop.story(), [RED]).verdict).toBe("PASS");
  });

  test("a check that was not run is a FAIL: it fails closed", () => {
    expect(decide(implemented().review({ checks: [] })).verdict).toBe("FAIL");
  });
});

describe("the same tests failing with two agents", () => {
  const NAMES = ["1: words", "2: nothing"];
  const secondTry = (tool: "codex" | "claude", before: readonly string[], now: readonly string[]) =>
    new SampleLoop()
      .attempt("FAIL", { failing: before })
      .plan("US-001", tool)
      .implement()
      .review({ failing: now });

  test("are to be written anew, and the code stays", () => {
    const decided = decide(secondTry("claude", NAMES, NAMES));
    expect(decided).toMatchObject({ verdict: "NEW_TESTS", failingTests: NAMES, isAsked: false });
    expect(decided.reasons[0]).toBe(
      "The same tests fail with the code of codex and claude: they may be bad.",
    );
  });

  test("also when the second one has mended some", () => {
    expect(decide(secondTry("claude", NAMES, ["1: words"])).verdict).toBe("NEW_TESTS");
  });

  test("not when the second one fails at others", () => {
    expect(decide(secondTry("claude", ["1: words"], ["2: nothing"])).verdict).toBe("FAIL");
  });

  test("not when it was the same agent twice", () => {
    expect(decide(secondTry("codex", NAMES, NAMES)).verdict).toBe("FAIL");
  });

  test("not when the code breaks the checks, too", () => {
    const loop = new SampleLoop().attempt("FAIL", { failing: NAMES }).plan("US-001", "claude");
    expect(decide(loop.implement().review({ failing: NAMES, checks: [RED] })).verdict).toBe("FAIL");
  });

  test("V3: are a person's matter when they are the second set", () => {
    const loop = implemented().review({ failing: NAMES }).judge("NEW_TESTS");
    loop.attempt("FAIL", { failing: NAMES });
    loop.plan("US-001", "claude").implement().review({ failing: NAMES });
    expect(decide(loop).verdict).toBe("NEEDS_HUMAN");
  });

  test("what failed before the tests were written anew tells nothing of the new ones", () => {
    const loop = new SampleLoop().attempt("FAIL", { failing: NAMES });
    loop.attempt("NEW_TESTS", { tool: "claude", failing: NAMES });
    loop.plan("US-001", "claude").implement().review({ failing: NAMES });
    expect(decide(loop).verdict).toBe("FAIL");
  });
});

const opinion = (given: Partial<Opinion> = {}): Opinion => ({
  ...{ verdict: "pass", reasons: ["Read."], testsContradictCriteria: false, needsStory: null },
  ...given,
});
const FAILED = opinion({ verdict: "fail", reasons: ["2: “” gives “-”."] });
const CONTRADICTS = opinion({ testsContradictCriteria: true });
const NEEDS = opinion({ verdict: "fail", needsStory: "US-002" });

describe("what a model makes of it", () => {
  const good = () => implemented().review();
  const bad = () => implemented().review({ failing: ["1: words"] });
  const again = (verdict: Verdict, failing: readonly string[]) =>
    new SampleLoop().attempt(verdict).plan().implement().review({ failing });

  const CASES: readonly (readonly [string, SampleLoop, Opinion | null, Verdict])[] = [
    ["PASS, and it agrees", good(), opinion(), "PASS"],
    ["PASS, and it objects", good(), FAILED, "FAIL"],
    ["PASS, and it gave no answer, twice", good(), null, "NEEDS_HUMAN"],
    ["PASS, and the tests contradict the criteria", good(), CONTRADICTS, "NEW_TESTS"],
    ["PASS, and another story has to come first", good(), NEEDS, "LATER"],
    ["FAIL, and it likes the code", bad(), opinion(), "FAIL"],
    ["FAIL, and it agrees", bad(), FAILED, "FAIL"],
    ["FAIL, and it gave no answer, twice", bad(), null, "FAIL"],
    ["FAIL, and the tests contradict the criteria", bad(), CONTRADICTS, "NEW_TESTS"],
    ["FAIL, and another story has to come first", bad(), NEEDS, "LATER"],
    ["FAIL, and it names the story itself", bad(), opinion({ needsStory: "US-001" }), "FAIL"],
    ["V3: bad tests, after new ones", again("NEW_TESTS", ["1: words"]), CONTRADICTS, "NEEDS_HUMAN"],
    ["V4: another story first, again", again("LATER", ["1: words"]), NEEDS, "FAIL"],
  ];
  test.each(CASES)("%s", (_, loop, given, verdict) => {
    expect(combine(decide(loop), given, loop.story()).verdict).toBe(verdict);
  });

  test("its reasons stand beside those of the checks, and it is named as who decided", () => {
    const loop = bad();
    expect(combine(decide(loop), FAILED, loop.story())).toEqual({
      ...{ verdict: "FAIL", failingTests: ["1: words"], by: "model" },
      reasons: ["1 test of the review fails: 1: words.", "2: “” gives “-”."],
    });
  });

  test("an objection to what passed doesn't say that all passes", () => {
    const loop = good();
    expect(combine(decide(loop), FAILED, loop.story()).reasons).toEqual(FAILED.reasons);
  });
});

const RANK = { PASS: 0, FAIL: 1, NEW_TESTS: 1, LATER: 1, NEEDS_HUMAN: 2 } as const;

test("V2: no opinion makes a verdict milder, whatever came before", () => {
  const verdict = fc.constantFrom("FAIL" as const, "NEW_TESTS" as const, "LATER" as const);
  const names = fc.subarray(["1: words", "2: nothing"]);
  const anyOpinion = fc.record({
    verdict: fc.constantFrom("pass" as const, "fail" as const),
    reasons: fc.array(fc.string(), { maxLength: 3 }),
    testsContradictCriteria: fc.boolean(),
    needsStory: fc.constantFrom(null, "US-001", "US-002"),
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(verdict, names), { maxLength: 2 }),
      names,
      fc.boolean(),
      fc.option(anyOpinion),
      (before, failing, areChecksGood, given) => {
        const loop = new SampleLoop();
        for (const [came, failed] of before) loop.attempt(came, { failing: failed });
        const checks = areChecksGood ? BASELINE : [RED];
        loop.plan("US-001", "claude").implement().review({ failing, checks });
        const byChecks: ByChecks = decide(loop);
        const decided = combine(byChecks, given, loop.story());
        expect(RANK[decided.verdict]).toBeGreaterThanOrEqual(RANK[byChecks.verdict]);
        if (failing.length > 0 || !areChecksGood) expect(decided.verdict).not.toBe("PASS");
      },
    ),
  );
});

test("where no model is asked, a change of the checks themselves is for a person to look at", () => {
  const loop = new SampleLoop()
    .plan()
    .implement()
    .review({ weakened: ["changes the test a.test.ts"] });
  const decided = decideAlone(decide(loop), loop.story());
  expect(decided.verdict).toBe("NEEDS_HUMAN");
  expect(decided.reasons).toEqual([expect.stringContaining("changes the test a.test.ts")]);
});
