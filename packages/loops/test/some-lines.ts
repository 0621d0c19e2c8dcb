import type { AgentLine, VerdictLine } from "../src/record/attempt-line.ts";

const AT = "2026-11-24T20:30:00.000Z";

/** A run of an agent; by itself codex, implementing US-001 for the first time. */
export function agentLine(given: Partial<AgentLine> = {}): AgentLine {
  const { role = "implement", storyId = "US-001", attempt = 1, tool = "codex" } = given;
  return {
    key: `run.${role}.${storyId}.${attempt}.${tool}`,
    ...{ type: "agent", at: AT, generation: 1, role, storyId, attempt, tool },
    ...{ storyKind: "code", model: "scripted", durationMs: 120_000, exitCode: 0, end: "ok" },
    ...{ inputTokens: 9_000, cachedTokens: 0, outputTokens: 1_000, costUsd: 0.1, reason: null },
    ...given,
  };
}

export function verdictLine(given: Partial<VerdictLine> = {}): VerdictLine {
  const { storyId = "US-001", attempt = 1, tool = "codex" } = given;
  return {
    key: `verdict:${storyId}:${attempt}`,
    ...{ type: "verdict", at: AT, generation: 1, storyId, attempt, storyKind: "code", tool },
    ...{ verdict: "PASS", failingTests: [], reasons: ["All checks and all tests pass."] },
    ...given,
  };
}
