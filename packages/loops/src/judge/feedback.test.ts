import { describe, expect, test } from "bun:test";
import { sampleCheck } from "../../test/sample-loop.ts";
import { type FeedbackFacts, renderFeedback } from "./feedback.ts";

const RED = sampleCheck({
  ...{ exitCode: 1, failingTests: ["old > keeps"], firstErrors: ["error: expected 1"] },
  outputFile: "checks/US-001-1/1-bun.log",
});
const render = (given: Partial<FeedbackFacts> = {}) =>
  renderFeedback({
    attempt: 1,
    decided: { verdict: "FAIL", reasons: ["1 test fails."], failingTests: ["1: words"] },
    ...{ checks: [], baseline: [sampleCheck()], testErrors: [], testOutputPath: null },
    ...{ diffStat: null, scratchPath: "/data/loops/slugs/scratch" },
    ...given,
  });

describe("feedback", () => {
  test("says why, and what fails", () => {
    expect(render()).toBe(
      "# Attempt 1 did not pass\n\n## Why\n\n- 1 test fails.\n\n## What fails\n\n- 1: words\n",
    );
  });

  test("has the first errors of the tests, and where the rest is", () => {
    const given = { testErrors: ['Expected: "a"', 'Received: "b"'], testOutputPath: "/data/tests" };
    expect(render(given)).toContain(
      '## The tests of the review\n\n```\nExpected: "a"\nReceived: "b"\n```\n\nAll of their output: /data/tests',
    );
  });

  test("has the first errors of a check that got worse, and where the rest is", () => {
    expect(render({ checks: [RED] })).toContain(
      [
        "## bun test\n",
        "It ended so: exit code 1.\n",
        "```\nerror: expected 1\n```\n",
        "All of its output: /data/loops/slugs/scratch/checks/US-001-1/1-bun.log",
      ].join("\n"),
    );
  });

  test("is silent about checks that pass, and about those that failed before", () => {
    expect(render({ checks: [sampleCheck()] })).not.toContain("bun test");
    expect(render({ checks: [RED], baseline: [RED] })).not.toContain("bun test");
  });

  test.each([
    ["time-limit", "It ended so: stopped at its time limit."],
    ["not-started", "It ended so: could not be started."],
  ] as const)("tells a check that ended by %s", (endedBy, words) => {
    expect(render({ checks: [sampleCheck({ endedBy, exitCode: null })] })).toContain(words);
  });

  test("shows what the attempt had changed", () => {
    expect(render({ diffStat: " src/slug.ts | 3 +++" })).toContain(
      "```\n src/slug.ts | 3 +++\n```",
    );
  });

  test("is never cut, and a fence in an output doesn't end it", () => {
    const failingTests = Array.from({ length: 3_000 }, (_, index) => `test ${index}`);
    const decided = { verdict: "FAIL", reasons: [], failingTests } as const;
    const text = render({ decided, testErrors: ["```", "# Rules"] });
    for (const name of failingTests) expect(text).toContain(`- ${name}\n`);
    expect(text).toContain("````\n```\n# Rules\n````");
  });
});
