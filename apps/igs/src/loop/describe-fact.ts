import type { AgentLine, AttemptLine, Fact } from "@system-bus/loops";
import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { plainCopy } from "../output/plain-text.ts";
import { describeCost, describeTokens } from "./describe-amounts.ts";

/** What happened, in one line, without its time. Null for what would only be noise. */
export function describeFact(told: Fact, paint: Paint): string | null {
  const fact = plainCopy(told);
  switch (fact.kind) {
    case "begun":
      return `${paint.strong("●")} begun on ${fact.project}, ${fact.branch} from ${fact.baseBranch}`;
    case "baseline":
      return `  ${describeBaseline(fact.checks)}`;
    case "planned":
      return `▸ ${ofStory(fact)}: ${fact.tool}  ${paint.faint(fact.reasons.join(" "))}`;
    case "implemented":
      return fact.commit === null
        ? `  ${paint.bad(`✗ ${ofStory(fact)}: ${fact.problem ?? "no change"}`)}`
        : `  ${ofStory(fact)}: changed ${count(fact.files.length, "file")}, commit ${fact.commit.slice(0, 10)}`;
    case "reviewed":
      return `  ${describeReview(fact, paint)}`;
    case "judged":
      return `  ${describeVerdict(fact, paint)}`;
    case "published":
      return `  ${paint.good(`✓ ${fact.storyId} is in the branch: ${fact.commit.slice(0, 10)}`)}`;
    case "paused":
      return paint.pending(`‖ paused (${fact.cause}): ${fact.reason}`);
    case "held":
      return paint.pending(
        `‖ ${fact.role} of ${ofStory(fact)}, waits (${fact.cause}) until ${localTime(fact.until)}: ${fact.reason}`,
      );
    case "released":
      return `  ${fact.role} of ${ofStory(fact)}, goes on`;
    case "resumed":
      return `▸ goes on (generation ${fact.generation})`;
    case "reopened":
      return `▸ ${fact.storyId} is open again: ${fact.reason}`;
    case "cancelled":
      return paint.pending(`■ cancelled${fact.reason === null ? "" : `: ${fact.reason}`}`);
    case "ended":
      return `${paint.strong("●")} over: ${fact.outcome}`;
    case "finished":
      return describeFinish(fact);
    case "retro":
      return `  retrospective: system/retrospectives/${fact.noteSlug}.md`;
  }
}

/** The end of an agent's run, in one line. */
export function describeAgentLine(told: AgentLine, paint: Paint): string {
  const line = plainCopy(told);
  const who = `${line.tool}${line.model === null ? "" : ` (${line.model})`}`;
  const used = `${formatDuration(line.durationMs)}, ${describeTokens(line.inputTokens + line.outputTokens)} tokens, ${line.costUsd === null ? "price not known" : describeCost(line.costUsd)}`;
  const about = line.storyId === "" ? "" : ` ${line.storyId}, attempt ${line.attempt}`;
  const text = `  ${who} ${line.role}${about}: ${line.end}, ${used}`;
  return line.end === "ok" ? paint.faint(text) : paint.bad(`${text}: ${line.reason ?? ""}`);
}

export function isAgentLine(line: AttemptLine): line is AgentLine {
  return line.type === "agent";
}

function describeBaseline(checks: Extract<Fact, { kind: "baseline" }>["checks"]): string {
  const failing = checks.filter(({ exitCode }) => exitCode !== 0);
  const names = failing.map(({ command }) => command.join(" ")).join(", ");
  return failing.length === 0
    ? `baseline: ${count(checks.length, "check")}, all well`
    : `baseline: ${names} ${failing.length === 1 ? "fails" : "fail"} already, which is not held against any story`;
}

function describeReview(fact: Extract<Fact, { kind: "reviewed" }>, paint: Paint): string {
  const about = ofStory(fact);
  if (fact.locked === null) {
    return paint.bad(`✗ ${about}: no usable tests: ${fact.problem ?? "none was written"}`);
  }
  const failing = fact.failingLockedTests;
  const tests = count(fact.locked.tests.length, "locked test");
  if (failing === null)
    return `${about}: ${tests}, not run${fact.problem ? `: ${fact.problem}` : ""}`;
  const failingChecks = fact.checks.filter(({ exitCode }) => exitCode !== 0).length;
  const checks =
    failingChecks === 0 ? "" : `, ${count(failingChecks, "check")} of the project fails`;
  return failing.length === 0
    ? `${about}: ${tests}, all pass${checks}`
    : paint.bad(
        `✗ ${about}: ${failing.length} of ${tests} fail: ${failing.slice(0, 3).join("; ")}`,
      );
}

const VERDICT_WORDS = {
  PASS: "passes",
  FAIL: "fails",
  NEW_TESTS: "gets new tests",
  LATER: "is tried again later",
  NEEDS_HUMAN: "needs your word",
} as const;

function describeVerdict(fact: Extract<Fact, { kind: "judged" }>, paint: Paint): string {
  const by = fact.by === "person" ? " (a person)" : fact.by === "model" ? " (the model)" : "";
  const reasons = fact.reasons.length === 0 ? "" : `: ${fact.reasons.join(" ")}`;
  const text = `${ofStory(fact)}, ${VERDICT_WORDS[fact.verdict]}${by}${reasons}`;
  if (fact.verdict === "PASS") return paint.good(`✓ ${text}`);
  return fact.verdict === "FAIL" ? paint.bad(`✗ ${text}`) : paint.pending(`? ${text}`);
}

function describeFinish(fact: Extract<Fact, { kind: "finished" }>): string | null {
  const done = [
    ...(fact.merged ? ["merged"] : []),
    ...(fact.pushed ? ["pushed"] : []),
    ...(fact.pullRequest === null ? [] : [fact.pullRequest]),
    ...fact.problems,
  ];
  return done.length === 0 ? null : `  ${done.join(", ")}`;
}

function ofStory({ storyId, attempt }: { readonly storyId: string; readonly attempt: number }) {
  return `${storyId}, attempt ${attempt}`;
}

function localTime(at: string): string {
  return new Date(at).toLocaleString("sv-SE");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
