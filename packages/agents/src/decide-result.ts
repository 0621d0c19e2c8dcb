// 1. Only both together are an answer: the program has ended by itself with 0, and its output ends with
//    an answer that is not empty. Everything else is a failure.
// 2. What is no work of the agent's (a limit, a login, a model's server) is never called a crash, where
//    its output tells it apart.
// 3. An agent that was still at it when its time was up has timed out, also when it had answered. Of
//    one that waited for its limit to end, the limit is told.

import type { AgentAccount, AgentTrouble } from "./agent.ts";
import type {
  AgentFailure,
  AgentFailureKind,
  AgentResult,
  AgentTroubleKind,
} from "./agent-result.ts";
import { classifyTrouble } from "./classify-trouble.ts";
import { readResetAtMs } from "./reset-time.ts";

/** How the program ended, as far as it matters here. */
export interface AgentEnding {
  readonly hasTimedOut: boolean;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly endedAtMs: number;
  readonly durationMs: number;
}

export function decideResult(account: AgentAccount, ending: AgentEnding): AgentResult {
  const { end, usage, model, toolText } = account;
  const failure = findFailure(account, ending);
  const accounted = { usage, model, durationMs: ending.durationMs };
  if (failure !== null) return { ok: false, ...failure, ...accounted };
  // `findFailure` leaves nothing else.
  const text = end !== null && "answer" in end ? end.answer : "";
  return { ok: true, text, toolText, ...accounted };
}

type Failing = AgentTroubleKind & Pick<AgentFailure, "reason">;

function findFailure(account: AgentAccount, ending: AgentEnding): Failing | null {
  const { end } = account;
  const { exitCode, signal } = ending;
  if (ending.hasTimedOut) return timedOut(account, ending);
  if (end !== null && "trouble" in end) return failing(end.trouble, ending, "model-failed");
  if (signal !== null) return { kind: "crashed", reason: `it was ended by ${signal}` };
  if (exitCode !== 0) return failedExit(ending);
  if (end === null) return { kind: "bad-output", reason: "it ended before it had answered" };
  if (end.answer.trim() === "") return { kind: "bad-output", reason: "its answer is empty" };
  return null;
}

function timedOut({ lastTrouble }: AgentAccount, ending: AgentEnding): Failing {
  const minutes = Math.round(ending.durationMs / 60_000);
  const after =
    minutes < 1 ? `${Math.round(ending.durationMs / 1_000)} seconds` : `${minutes} minutes`;
  if (lastTrouble === null) {
    return { kind: "timed-out", reason: `it was still at it after ${after}` };
  }
  if (classifyTrouble(lastTrouble) === "rate-limited") {
    return failing(lastTrouble, ending, "rate-limited");
  }
  return {
    kind: "timed-out",
    reason: `it was still at it after ${after}; its last words: ${shorten(lastTrouble.message)}`,
  };
}

/** A shell's word for a program that it can't find or can't run: such as node, which runs pi and codex. */
const NOT_RUNNABLE_CODES: ReadonlySet<number | null> = new Set([126, 127]);

function failedExit(ending: AgentEnding): Failing {
  const { exitCode, stderr } = ending;
  const complaints = complaintsIn(stderr);
  const last = complaints.at(-1) ?? `it ended with exit code ${exitCode}`;
  if (NOT_RUNNABLE_CODES.has(exitCode)) return { kind: "not-installed", reason: shorten(last) };
  // What explains it comes first, where it is known; advice and stack traces follow it.
  const known = complaints.find((message) => classifyTrouble({ message }) !== null);
  if (known !== undefined) return failing({ message: known }, ending, "crashed");
  return { kind: "crashed", reason: `exit code ${exitCode}: ${shorten(last)}` };
}

function failing(
  trouble: AgentTrouble,
  { endedAtMs }: AgentEnding,
  otherwise: AgentFailureKind,
): Failing {
  const kind = classifyTrouble(trouble) ?? otherwise;
  const reason = shorten(trouble.message);
  if (kind !== "rate-limited") return { kind, reason };
  const resetAtMs = resetAtMsOf(trouble, endedAtMs);
  return { kind, reason, resetAt: resetAtMs === null ? null : new Date(resetAtMs).toISOString() };
}

function resetAtMsOf(trouble: AgentTrouble, endedAtMs: number): number | null {
  const { resetAtMs, resetAfterMs, message } = trouble;
  if (resetAtMs !== undefined) return resetAtMs;
  return resetAfterMs === undefined ? readResetAtMs(message, endedAtMs) : endedAtMs + resetAfterMs;
}

/** Without the notes that codex writes on each start, and its trace. */
const NOTES = /^\d{4}-\d\d-\d\dT\S+ +(?:INFO|DEBUG|TRACE)|^WARNING: |^Reading additional input/;

function complaintsIn(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.trim() !== "" && !NOTES.test(line));
}

const REASON_CHARS_MAX = 300;

function shorten(message: string): string {
  const line = message
    .replace(/\s+/g, " ")
    .replace(/[. ]+$/, "")
    .trim();
  return line.length <= REASON_CHARS_MAX ? line : `${line.slice(0, REASON_CHARS_MAX)}…`;
}
