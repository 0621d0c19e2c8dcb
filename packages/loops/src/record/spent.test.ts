import { expect, test } from "bun:test";
import type { AgentLine, AttemptLine } from "./attempt-line.ts";
import { sumSpent } from "./spent.ts";

const run: AgentLine = {
  key: "run.implement.1",
  type: "agent",
  at: "2026-11-24T10:00:00.000Z",
  generation: 1,
  role: "implement",
  storyId: "A",
  attempt: 1,
  storyKind: "code",
  tool: "codex",
  model: "gpt",
  durationMs: 60_000,
  inputTokens: 1_000,
  cachedTokens: 600,
  outputTokens: 50,
  costUsd: 0.25,
  exitCode: 0,
  end: "ok",
  reason: null,
};
const verdict: AttemptLine = {
  key: "verdict:A:1",
  type: "verdict",
  at: run.at,
  generation: 1,
  storyId: "A",
  attempt: 1,
  storyKind: "code",
  tool: "codex",
  verdict: "FAIL",
  failingTests: [],
  reasons: [],
};

test("a loop that has run no agent has spent nothing", () => {
  expect(sumSpent([verdict])).toEqual({
    agentRuns: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    unpricedRuns: 0,
  });
});

test("all runs count, whoever ran for which role and whatever came of it, each once", () => {
  const lines: readonly AttemptLine[] = [
    run,
    verdict,
    { ...run, key: "run.review.1", role: "review", tool: "pi", costUsd: 0.5 },
    { ...run, key: "run.implement.2", end: "rate-limited", exitCode: 1, costUsd: null },
    // The step has run twice.
    { ...run, inputTokens: 9_999 },
  ];
  expect(sumSpent(lines)).toEqual({
    agentRuns: 3,
    inputTokens: 3_000,
    outputTokens: 150,
    costUsd: 0.75,
    unpricedRuns: 1,
  });
});
