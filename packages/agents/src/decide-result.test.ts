import { describe, expect, test } from "bun:test";
import type { AgentAccount } from "./agent.ts";
import { type AgentEnding, decideResult } from "./decide-result.ts";

const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
const answered: AgentAccount = {
  end: { answer: "Yes." },
  lastTrouble: null,
  usage,
  model: "m",
  toolText: "t",
};
const silent: AgentAccount = { ...answered, end: null };

const decide = (account: AgentAccount, ending: Partial<AgentEnding> = {}) =>
  decideResult(account, {
    ...{ hasTimedOut: false, exitCode: 0, signal: null, stderr: "" },
    ...{ endedAtMs: 1_000_000, durationMs: 61_000 },
    ...ending,
  });

describe("1: only both together are an answer", () => {
  test("an answer, and an end with 0", () => {
    expect(decide(answered)).toEqual({
      ...{ ok: true, text: "Yes.", toolText: "t", usage, model: "m", durationMs: 61_000 },
    });
  });

  test.each<[string, AgentAccount, Partial<AgentEnding>, object]>([
    ["an answer, and another exit code", answered, { exitCode: 1 }, { kind: "crashed" }],
    [
      "an answer, and a signal",
      answered,
      { exitCode: null, signal: "SIGKILL" },
      { kind: "crashed", reason: "it was ended by SIGKILL" },
    ],
    [
      "an answer of blanks",
      { ...answered, end: { answer: " \n" } },
      {},
      { kind: "bad-output", reason: "its answer is empty" },
    ],
    [
      "no answer, and an end with 0",
      silent,
      {},
      { kind: "bad-output", reason: "it ended before it had answered" },
    ],
  ])("%s is none", (_what, account, ending, expected) => {
    expect(decide(account, ending)).toMatchObject({ ok: false, ...expected });
  });
});

describe("2: what is no work of the agent's is told apart", () => {
  test("by what its output says, before its exit code", () => {
    const account = { ...answered, end: { trouble: { message: "429 slow down" } } };
    for (const exitCode of [0, 1]) {
      expect(decide(account, { exitCode })).toMatchObject({ kind: "rate-limited", resetAt: null });
    }
  });

  test("by what the agent itself calls it, before its words", () => {
    const trouble = { message: "rate limit", kind: "refused", status: 429 } as const;
    expect(decide({ ...answered, end: { trouble } })).toMatchObject({ kind: "refused" });
  });

  test("by the line of stderr that explains it, when the output says nothing", () => {
    const stderr = "WARNING: proceeding\nNo API key found.\n\nSee:\n  docs/providers.md\n";
    expect(decide(silent, { exitCode: 1, stderr })).toMatchObject({
      ...{ kind: "not-logged-in", reason: "No API key found" },
    });
  });

  test("a program that is not there, such as the node that runs it", () => {
    const stderr = "env: 'node': No such file or directory\n";
    expect(decide(silent, { exitCode: 127, stderr })).toMatchObject({
      ...{ kind: "not-installed", reason: "env: 'node': No such file or directory" },
    });
  });

  test("and what nobody knows is a crash, with its last words and no more than a few", () => {
    const stderr = `a stack trace\n${"x".repeat(5_000)}\n`;
    const result = decide(silent, { exitCode: 7, stderr });
    expect(result).toMatchObject({ kind: "crashed" });
    expect("reason" in result && result.reason).toMatch(/^exit code 7: x{300}…$/);
    expect(decide(silent, { exitCode: 7 })).toMatchObject({
      reason: "exit code 7: it ended with exit code 7",
    });
  });
});

describe("3: who is still at it when the time is up", () => {
  const ending = { hasTimedOut: true, exitCode: null, signal: "SIGKILL" };

  test("has timed out, also when it had answered", () => {
    expect(decide(answered, ending)).toMatchObject({
      ...{ ok: false, kind: "timed-out", reason: "it was still at it after 1 minutes" },
    });
  });

  test("and waited for a limit is told as limited, until when the wait would have lasted", () => {
    const lastTrouble = { message: "rate_limit, try again in 30s", status: 429 };
    expect(decide({ ...silent, lastTrouble }, ending)).toMatchObject({
      ...{ kind: "rate-limited", resetAt: new Date(1_030_000).toISOString() },
    });
  });
});
