import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentName, AgentOutput } from "../src/agent.ts";
import type { AgentFailureKind } from "../src/agent-result.ts";
import { agents } from "../src/agents.ts";
import { callReaders } from "../src/call-readers.ts";
import { type AgentEnding, decideResult } from "../src/decide-result.ts";

const FOLDER = join(import.meta.dir, "recordings");

function readRecording(name: AgentName, recording: string): AgentOutput {
  const read = (stream: string) => {
    const path = join(FOLDER, name, `${recording}.${stream}.txt`);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  return { stdout: read("stdout"), stderr: read("stderr") };
}

const ENDED_AT = "2026-11-24T15:30:00.000Z";

function resultOf(name: AgentName, recording: string, ending: Partial<AgentEnding>) {
  const output = readRecording(name, recording);
  return decideResult(agents[name].readOutput(output), {
    ...{ hasTimedOut: false, exitCode: 0, signal: null, durationMs: 2_000 },
    ...{ stderr: output.stderr, endedAtMs: Date.parse(ENDED_AT) },
    ...ending,
  });
}

const exit = (exitCode: number) => ({ exitCode });
const timeLimit = { hasTimedOut: true, exitCode: null, signal: "SIGKILL" };

type Recording = readonly [string, Partial<AgentEnding>, AgentFailureKind, RegExp];

const RECORDINGS: Readonly<Record<AgentName, readonly Recording[]>> = {
  codex: [
    ["model-failed", exit(1), "model-failed", /high demand/],
    ["not-logged-in", exit(1), "not-logged-in", /401 Unauthorized/],
    ["no-key", exit(1), "not-logged-in", /Missing environment variable: `CODEX_API_KEY`/],
    ["rate-limited", exit(1), "rate-limited", /429 Too Many Requests/],
    ["plan-limit", exit(1), "rate-limited", /hit your usage limit/],
    ["out-of-context", exit(1), "out-of-context", /ran out of room/],
    ["refused", exit(1), "refused", /content_filter/],
    ["timed-out", timeLimit, "timed-out", /still at it after 2 seconds$/],
    ["unreachable", timeLimit, "timed-out", /its last words: Reconnecting/],
  ],
  claude: [
    ["model-failed", exit(1), "model-failed", /500 the model is unwell/],
    ["not-logged-in", exit(1), "not-logged-in", /Invalid API key/],
    ["clean-home", exit(1), "not-logged-in", /Not logged in/],
    ["rate-limited", exit(1), "rate-limited", /rejected \(429\)/],
    ["plan-limit", exit(1), "rate-limited", /You've hit your limit/],
    ["waits-for-limit", timeLimit, "rate-limited", /^rate_limit, try again in 30s$/],
    ["out-of-context", exit(1), "out-of-context", /Prompt is too long/],
    ["refused", exit(1), "refused", /Usage Policy/],
    ["timed-out", timeLimit, "timed-out", /still at it/],
  ],
  pi: [
    // It ends with 0 when its model fails.
    ["model-failed", exit(0), "model-failed", /^500 the model is unwell$/],
    ["not-logged-in", exit(0), "not-logged-in", /^401 Incorrect API key/],
    ["clean-home", exit(1), "not-logged-in", /^No API key found for the selected model$/],
    ["rate-limited", exit(0), "rate-limited", /^429 Rate limit reached/],
    ["out-of-context", exit(0), "out-of-context", /maximum context length/],
    ["refused", exit(0), "refused", /content_filter/],
    ["timed-out", timeLimit, "timed-out", /still at it/],
  ],
};

const NAMES = ["codex", "claude", "pi"] as const;

describe.each(NAMES)("what %s has printed", (name) => {
  test("is an answer, with the usage of all its calls, its model, and what its tools have seen", () => {
    const result = resultOf(name, "answer", exit(0));
    expect(result).toMatchObject({ ok: true, text: "Done.", model: "scripted", durationMs: 2_000 });
    expect(result.usage).toMatchObject({ inputTokens: 200, cachedTokens: 80, outputTokens: 40 });
    expect("toolText" in result ? result.toolText : "").toContain("inside.txt");
  });

  test.each(RECORDINGS[name])("%s is told apart", (recording, ending, kind, reason) => {
    const result = resultOf(name, recording, ending);
    expect(result).toMatchObject({ ok: false, kind, reason: expect.stringMatching(reason) });
  });

  test("is tried in full: each recording is looked at", () => {
    const files = readdirSync(join(FOLDER, name)).map((file) => file.split(".")[0] ?? "");
    const known = RECORDINGS[name].map(([recording]) => recording);
    const answers = name === "claude" ? ["answer", "answer-newer"] : ["answer"];
    expect(new Set(files)).toEqual(new Set([...answers, ...known]));
  });

  test("counts call by call, and a line that is read twice counts once", () => {
    const { stdout, stderr } = readRecording(name, "answer");
    const calls = `${stdout}\n${stderr}`
      .split("\n")
      .flatMap((line) => callReaders[name](line) ?? []);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
    expect(calls.reduce((sum, { usage }) => sum + usage.inputTokens, 0)).toBe(200);
    expect(calls.reduce((sum, { usage }) => sum + usage.outputTokens, 0)).toBe(40);
  });

  test("is no answer when it breaks off anywhere, or is none of it", () => {
    const { stdout, stderr } = readRecording(name, "answer");
    const lines = stdout.trimEnd().split("\n");
    for (let count = 0; count < lines.length; count += 1) {
      const cut = { stdout: `${lines.slice(0, count).join("\n")}\n{"type":"resu`, stderr };
      expect(agents[name].readOutput(cut).end).toBeNull();
    }
    const noise = { stdout: 'null\n{"type":"result"}\n{"type":"agent_end"}\n[]\n', stderr: "\0" };
    expect(agents[name].readOutput(noise).end).toBeNull();
  });
});

test("a newer claude, whose result does not begin with its type, is read as well", () => {
  const result = resultOf("claude", "answer-newer", exit(0));
  expect(result).toMatchObject({ ok: true, text: "Done.", model: "scripted" });
  expect(result.usage).toMatchObject({ inputTokens: 200, cachedTokens: 80, outputTokens: 40 });
});

test("the end of a limit is told by each in its own way", () => {
  const resets = [
    resultOf("codex", "plan-limit", exit(1)),
    resultOf("codex", "rate-limited", exit(1)),
    resultOf("claude", "plan-limit", exit(1)),
    resultOf("claude", "waits-for-limit", timeLimit),
    resultOf("claude", "rate-limited", exit(1)),
    resultOf("pi", "rate-limited", exit(0)),
  ].map((result) => ("resetAt" in result ? result.resetAt : "none"));
  const local = new Date(ENDED_AT);
  local.setHours(16, 7, 0, 0);
  if (local.getTime() <= Date.parse(ENDED_AT)) local.setDate(local.getDate() + 1);
  expect(resets).toEqual([
    local.toISOString(),
    null,
    "2026-11-24T16:06:00.000Z",
    "2026-11-24T15:30:30.000Z",
    null,
    "2026-11-24T15:30:20.000Z",
  ]);
});
