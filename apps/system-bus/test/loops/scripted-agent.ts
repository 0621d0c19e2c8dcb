// What an agent does in its folder, what it writes, and what it uses up: in the formats of the real ones.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AgentName } from "@system-bus/agents";
import type { Random } from "./random.ts";

export interface AgentTask {
  readonly role: "implement" | "review" | "judge";
  readonly tool: AgentName;
  readonly storyId: string;
  readonly otherStories: readonly string[];
  readonly folder: string;
  readonly lockedPaths: readonly string[];
  readonly tokensMax: number | null;
  readonly costMaxUsd: number | null;
}

export interface AgentScript {
  readonly end: "answers" | "crashes" | "hangs" | "lost" | Trouble;
  readonly durationMs: number;
}

type Trouble = "limit" | "limit-told" | "trouble" | "no-login" | "refuses";

export interface Spending {
  readonly tokens: number;
  readonly costUsd: number;
}

/** The dearest single call: what a cap may be exceeded by. */
export const CALL_MAX: Spending = { tokens: 12_000, costUsd: 0.6 };

export function drawScript(random: Random, hasTroubles: boolean): AgentScript {
  const end = hasTroubles
    ? random.weighted({
        ...{ answers: 78, crashes: 5, hangs: 3, lost: 4, limit: 3, "limit-told": 3 },
        ...{ trouble: 2, "no-login": 1, refuses: 1 },
      })
    : "answers";
  return { end, durationMs: random.between(5_000, 900_000) };
}

export interface AgentEnding {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly spent: Spending;
  readonly watched: string;
}

/** As the watcher would have it: the agent's calls are counted one by one, and it is ended at its cap. */
export function playAgent(task: AgentTask, script: AgentScript, random: Random): AgentEnding {
  const calls = script.end === "no-login" || script.end === "limit" ? 0 : random.between(1, 6);
  let [tokens, costUsd] = [0, 0];
  const isCapped = () =>
    (task.tokensMax !== null && tokens >= task.tokensMax) ||
    (task.costMaxUsd !== null && costUsd >= task.costMaxUsd);
  for (let call = 0; call < calls && !isCapped(); call += 1) {
    tokens += random.between(500, CALL_MAX.tokens);
    costUsd += random.next() * CALL_MAX.costUsd;
  }
  const spent = { tokens, costUsd };
  const told = { spent, watched: watchRecord(spent) };
  // It may have ended by itself before its killing came.
  const isKilled = isCapped() && !random.chance(0.2);
  const text = script.end === "answers" && !isKilled ? work(task, random) : "";
  if (isKilled) {
    const stderr = "[system-bus] ended at its cap: it has used all that it may\n";
    return { ...told, stdout: "", stderr, exitCode: 93 };
  }
  switch (script.end) {
    case "answers":
      return { ...told, stdout: answer(task.tool, text), stderr: "", exitCode: 0 };
    case "limit":
      return { ...told, ...failure("rate limit exceeded") };
    case "limit-told":
      return { ...told, ...failure("rate limit exceeded, try again in 7m") };
    case "trouble":
      return { ...told, stdout: trouble(task.tool, "500 overloaded"), stderr: "", exitCode: 0 };
    case "no-login":
      return { ...told, ...failure("you are not logged in") };
    case "refuses":
      return { ...told, ...failure("blocked by the usage policy") };
    case "crashes":
    case "hangs":
    case "lost":
      // What it had begun stands there half done.
      if (task.role === "implement") write(task, `src/${task.storyId}.py`, "half");
      return { ...told, ...failure("segmentation fault") };
  }
}

function failure(message: string) {
  return { stdout: "", stderr: `${message}\n`, exitCode: 1 };
}

/** From `watched.json` of `packages/agents`. */
function watchRecord({ tokens, costUsd }: Spending): string {
  const usage = { inputTokens: tokens, cachedTokens: 0, outputTokens: 0 };
  const prices = { asOf: "2026-11-24", models: {} };
  return JSON.stringify({
    ...{ usage, model: "scripted", pricedUsd: costUsd, isPricedWhole: true, prices },
  });
}

function answer(tool: AgentName, text: string): string {
  switch (tool) {
    case "codex":
      return lines(
        { type: "item.completed", item: { type: "agent_message", text } },
        { type: "turn.completed", usage: { input_tokens: 0, output_tokens: 0 } },
      );
    case "claude":
      return lines({ type: "result", subtype: "success", is_error: false, result: text });
    case "pi": {
      const content = [{ type: "text", text }];
      const message = { role: "assistant", stopReason: "stop", content };
      return lines({ type: "agent_end", messages: [message] });
    }
  }
}

function trouble(tool: AgentName, message: string): string {
  switch (tool) {
    case "codex":
      return lines({ type: "turn.failed", error: { message } });
    case "claude":
      return lines({ type: "result", subtype: "error", is_error: true, result: message });
    case "pi": {
      const last = { role: "assistant", stopReason: "error", errorMessage: message, content: [] };
      return lines({ type: "agent_end", messages: [last] });
    }
  }
}

function lines(...all: readonly object[]): string {
  return all.map((line) => `${JSON.stringify(line)}\n`).join("");
}

function work(task: AgentTask, random: Random): string {
  switch (task.role) {
    case "implement":
      return implement(task, random);
    case "review":
      return review(task, random);
    case "judge":
      return judge(task, random);
  }
}

function implement(task: AgentTask, random: Random): string {
  const [locked] = task.lockedPaths;
  const kind = random.weighted({ good: 60, bad: 16, breaking: 6, nothing: 8, cheating: 10 });
  if (kind === "nothing") return "I think that it is done already.";
  const isGood = kind === "good" || (kind === "cheating" && locked === undefined);
  const word = kind === "breaking" ? "breaking" : isGood ? "good" : "bad";
  write(task, `src/${task.storyId}.py`, `${word} ${random.between(1, 1_000_000)}`);
  if (kind === "cheating" && locked !== undefined) write(task, locked, "vacuous");
  return "Done.";
}

function review(task: AgentTask, random: Random): string {
  const kind = random.weighted({ honest: 80, impossible: 9, vacuous: 5, nothing: 6 });
  if (kind !== "nothing") {
    const path = `tests/test_${task.storyId.toLowerCase().replace("-", "_")}.py`;
    write(task, path, `${kind} ${task.storyId}`);
  }
  return "I have written its tests.";
}

function judge({ otherStories }: AgentTask, random: Random): string {
  const kind = random.weighted({ pass: 70, fail: 10, contradict: 6, needs: 6, mumbles: 8 });
  if (kind === "mumbles") return "Looks fine to me.";
  return JSON.stringify({
    verdict: kind === "pass" ? "pass" : "fail",
    reasons: [`I have looked: ${kind}`],
    tests_contradict_criteria: kind === "contradict",
    needs_story: kind === "needs" ? (otherStories[0] ?? null) : null,
  });
}

function write({ folder }: AgentTask, path: string, text: string): void {
  const at = join(folder, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, `${text}\n`);
}
