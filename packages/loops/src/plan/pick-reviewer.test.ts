import { expect, test } from "bun:test";
import { type Independence, pickJudge, pickReviewer } from "./pick-reviewer.ts";

type Tool = Independence["implementor"];

const CASES: readonly (readonly [string, readonly Tool[], Tool, Tool, Tool])[] = [
  ["of three, all are others", ["codex", "claude", "pi"], "codex", "claude", "pi"],
  ["the person's order decides", ["pi", "claude", "codex"], "claude", "pi", "codex"],
  ["of two, the other does both", ["codex", "pi"], "pi", "codex", "codex"],
  ["one alone does everything", ["claude"], "claude", "claude", "claude"],
];

test.each(CASES)("who reviews and who judges: %s", (_, tools, implementor, reviewer, judge) => {
  expect(pickReviewer({ tools, implementor })).toBe(reviewer);
  expect(pickJudge({ tools, implementor })).toBe(judge);
});
