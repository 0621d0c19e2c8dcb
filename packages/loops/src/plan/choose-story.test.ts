import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SampleLoop, samplePrd } from "../../test/sample-loop.ts";
import { combine, decideByChecks } from "../judge/decide-verdict.ts";
import type { Opinion } from "../judge/opinion.ts";
import type { Prd } from "../prd/read-prd.ts";
import type { CheckResult } from "../record/fact.ts";
import { EMPTY_PLAYBOOK } from "../retro/playbook.ts";
import { chooseStory } from "./choose-story.ts";
import { chooseTool } from "./choose-tool.ts";

const next = (loop: SampleLoop) => {
  const choice = chooseStory(loop.prd, loop.state());
  return choice.kind === "story" ? choice.story.id : choice;
};
const loopOf = (prd: Prd, attemptsMax = 1) => new SampleLoop(prd, { attemptsMax });
const THREE = samplePrd([{}, {}, {}]);

describe("the next story", () => {
  test("is that of the lowest priority", () => {
    expect(next(loopOf(samplePrd([{ priority: 2 }, { priority: -1 }, { priority: 0.5 }])))).toBe(
      "US-002",
    );
  });

  test("is the PRD's first of those with the same priority", () => {
    expect(next(loopOf(samplePrd([{ priority: 1 }, { priority: 1 }])))).toBe("US-001");
  });

  test("waits for what it depends on, whatever its priority", () => {
    const prd = samplePrd([{ priority: 1, depends_on: ["US-002"] }, { priority: 9 }]);
    expect(next(loopOf(prd))).toBe("US-002");
    expect(next(loopOf(prd).attempt("PASS", { storyId: "US-002" }))).toBe("US-001");
  });

  test("is the same again after a FAIL, until its attempts are used up", () => {
    const loop = loopOf(THREE, 2).attempt("FAIL");
    expect(next(loop)).toBe("US-001");
    expect(next(loop.attempt("FAIL"))).toBe("US-002");
  });

  test("comes after all others when it was put off", () => {
    const loop = loopOf(THREE, 2).attempt("LATER");
    expect(next(loop)).toBe("US-002");
    loop.attempt("PASS", { storyId: "US-002" }).attempt("PASS", { storyId: "US-003" });
    expect(next(loop)).toBe("US-001");
  });

  test("is one that was put off when the others wait for it", () => {
    const prd = samplePrd([{}, { depends_on: ["US-001"] }]);
    expect(next(loopOf(prd, 2).attempt("LATER"))).toBe("US-001");
  });

  test("is another one while a person is asked about one", () => {
    expect(next(loopOf(THREE).attempt("NEEDS_HUMAN"))).toBe("US-002");
  });
});

describe("a loop", () => {
  test("waits for its person when nothing else is left, not even what waits for the undecided", () => {
    const prd = samplePrd([{}, {}, { depends_on: ["US-001"] }]);
    const loop = loopOf(prd).attempt("NEEDS_HUMAN").attempt("PASS", { storyId: "US-002" });
    expect(next(loop)).toEqual({ kind: "needs-human", storyIds: ["US-001"] });
  });

  const all = (loop: SampleLoop, ...verdicts: readonly ("PASS" | "FAIL")[]) => {
    for (const [index, verdict] of verdicts.entries()) {
      loop.attempt(verdict, { storyId: `US-00${index + 1}` });
    }
    return next(loop);
  };

  test.each([
    ["completed", ["PASS", "PASS", "PASS"]],
    ["partial", ["PASS", "FAIL", "PASS"]],
    ["failed", ["FAIL", "FAIL", "FAIL"]],
  ] as const)("is over, %s, after %j", (outcome, verdicts) => {
    expect(all(loopOf(THREE), ...verdicts)).toEqual({ kind: "over", outcome });
  });

  test("doesn't begin what waits for a story that failed, nor what waits for that", () => {
    const prd = samplePrd([{}, { depends_on: ["US-001"] }, { depends_on: ["US-002"] }]);
    expect(all(loopOf(prd), "FAIL")).toEqual({ kind: "over", outcome: "failed" });
  });
});

describe("every loop of verdicts ends", () => {
  const names = fc.subarray(["1: words", "2: nothing"]);
  const opinion = fc.record({
    verdict: fc.constantFrom("pass" as const, "fail" as const),
    reasons: fc.constant(["Read."]),
    testsContradictCriteria: fc.boolean(),
    needsStory: fc.constantFrom(null, "US-001", "US-002", "US-003"),
  });
  const turn = fc.record({
    change: fc.constantFrom("made", "made", "made", "nothing"),
    tests: fc.constantFrom("written", "written", "written", "unusable", "not run"),
    failing: names,
    areChecksGood: fc.boolean(),
    opinion: fc.option(opinion),
  });
  type Turn = typeof turn extends fc.Arbitrary<infer Drawn> ? Drawn : never;

  test("within its attempts and one more set of tests a story, whatever agents and judges say", () => {
    const prd = fc
      .tuple(fc.boolean(), fc.boolean())
      .map(([second, third]) =>
        samplePrd([
          {},
          second ? { depends_on: ["US-001"] } : {},
          third ? { depends_on: ["US-002"] } : {},
        ]),
      );
    const attempts = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(
        prd,
        attempts,
        fc.array(turn, { minLength: 16, maxLength: 16 }),
        (given, attemptsMax, turns) => {
          const loop = new SampleLoop(given, { attemptsMax });
          const iterationsMax = given.stories.length * (attemptsMax + 1);
          let iterations = 0;
          for (;;) {
            const choice = chooseStory(loop.prd, loop.state());
            if (choice.kind !== "story") break;
            expect(iterations).toBeLessThan(iterationsMax);
            play(loop, choice.story.id, turns[iterations] ?? raise("a turn"));
            iterations += 1;
          }
          for (const { lastAttempt, testRounds, verdicts } of loop.state().stories) {
            expect(lastAttempt).toBeLessThanOrEqual(attemptsMax + 1);
            expect(testRounds).toBeLessThanOrEqual(2);
            for (const once of ["NEW_TESTS", "LATER", "PASS"]) {
              expect(verdicts.filter(({ verdict }) => verdict === once).length).toBeLessThanOrEqual(
                1,
              );
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  /** One attempt, decided as the judge decides. */
  function play(loop: SampleLoop, storyId: string, given: Turn): void {
    const { tool } = chooseTool({
      ...{ state: loop.state(), playbook: EMPTY_PLAYBOOK, tools: loop.state().begun.tools },
      story: loop.prd.stories.find(({ id }) => id === storyId) ?? raise(storyId),
    });
    loop
      .plan(storyId, tool)
      .implement(storyId, given.change === "made" ? null : "It changed no file");
    const good: CheckResult[] = [...(loop.state().baseline ?? [])];
    if (given.change === "made") {
      loop.review({
        ...{ storyId, checks: given.areChecksGood ? good : [] },
        failing: given.tests === "not run" ? null : given.failing,
        ...(given.tests === "unusable" ? { problem: "they don't load" } : {}),
      });
    }
    const byChecks = decideByChecks(loop.story(storyId), good);
    const said: Opinion | null = given.opinion;
    const decided = combine(byChecks, said, loop.story(storyId));
    loop.judge(decided.verdict, { storyId, failingTests: decided.failingTests });
  }
});

function raise(what: string): never {
  throw new Error(`broken promise: ${what} is there`);
}
