import { expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import { agentLine, COMMIT, fact } from "../testing/some-loop.ts";
import { describeAgentLine, describeFact } from "./describe-fact.ts";

const told = (...given: Parameters<typeof fact>) => describeFact(fact(...given), plainPaint);

test("an attempt is told from its choice to its commit", () => {
  expect(told("planned")).toBe("▸ US-001, attempt 1: codex  Pure code goes to codex.");
  expect(told("implemented")).toBe("  US-001, attempt 1: changed 1 file, commit cccccccccc");
  expect(told("reviewed")).toBe("  US-001, attempt 1: 2 locked tests, all pass");
  expect(told("judged")).toBe("  ✓ US-001, attempt 1, passes");
  expect(told("published")).toBe(`  ✓ US-001 is in the branch: ${COMMIT.slice(0, 10)}`);
});

test("what was wrong with an attempt is told where it was found", () => {
  expect(told("implemented", { commit: null, problem: "nothing changed" })).toBe(
    "  ✗ US-001, attempt 1: nothing changed",
  );
  expect(told("reviewed", { failingLockedTests: ["slugify throws"] })).toBe(
    "  ✗ US-001, attempt 1: 1 of 2 locked tests fail: slugify throws",
  );
  expect(told("reviewed", { locked: null, problem: "its tests pass on the stub" })).toBe(
    "  ✗ US-001, attempt 1: no usable tests: its tests pass on the stub",
  );
  expect(told("judged", { verdict: "FAIL", reasons: ["1 test fails."] })).toBe(
    "  ✗ US-001, attempt 1, fails: 1 test fails.",
  );
});

test("a person's verdict is told as one", () => {
  expect(told("judged", { by: "person", reasons: ["A person has approved it"] })).toContain(
    "passes (a person): A person has approved it",
  );
});

test("the end of an agent's run says what it took, and how it failed", () => {
  expect(describeAgentLine(agentLine(), plainPaint)).toBe(
    "  codex (gpt-5-codex) implement US-001, attempt 1: ok, 1 min 02 s, 12.3k tokens, 0.42 USD",
  );
  const failed = agentLine({ end: "timed-out", reason: "15 minutes are over", costUsd: null });
  expect(describeAgentLine(failed, plainPaint)).toEndWith(
    "timed-out, 1 min 02 s, 12.3k tokens, price not known: 15 minutes are over",
  );
});
