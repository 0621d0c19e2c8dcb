import { join } from "node:path";
import { newFailures } from "../checks/compare.ts";
import { commandText, listLines, quote } from "../prompt/markdown.ts";
import type { CheckResult } from "../record/fact.ts";
import type { Decided } from "./decide-verdict.ts";

export interface FeedbackFacts {
  readonly attempt: number;
  readonly decided: Pick<Decided, "verdict" | "reasons" | "failingTests">;
  /** Of this attempt. */
  readonly checks: readonly CheckResult[];
  /** What failed before counts for nobody, and is not shown. */
  readonly baseline: readonly CheckResult[];
  /** First lines of the locked tests' output that say what is wrong; empty where none fail. */
  readonly testErrors: readonly string[];
  /** Output of the locked tests, whole: a place that the agent can read; null where they did not run. */
  readonly testOutputPath: string | null;
  /** `git diff --stat` of the attempt; null where it changed nothing. */
  readonly diffStat: string | null;
  /** Where outputs lie: `outputFile` is relative to it. */
  readonly scratchPath: string;
}

/**
 * What the next attempt is told, as Markdown. Never cut: what is long stays in files, which are named
 * (the claim-check of the seeds).
 */
export function renderFeedback(facts: FeedbackFacts): string {
  const { attempt, decided, checks, baseline, diffStat, scratchPath } = facts;
  const counting = checks.filter((check) => {
    const before = baseline.filter((other) => isSameCommand(other, check));
    return newFailures(before, [check]).failures.length > 0;
  });
  const parts = [
    `# Attempt ${attempt} did not pass`,
    section("Why", listLines(decided.reasons)),
    section("What fails", listLines(decided.failingTests)),
    testsText(facts),
    ...counting.map((check) => checkText(check, scratchPath)),
    section("What it had changed", diffStat === null ? "" : quote(diffStat)),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function testsText({ testErrors, testOutputPath }: FeedbackFacts): string {
  const errors = testErrors.length === 0 ? [] : [quote(testErrors.join("\n"))];
  const whole = testOutputPath === null ? [] : [`All of their output: ${testOutputPath}`];
  return section("The tests of the review", [...errors, ...whole].join("\n\n"));
}

const END_WORDS = {
  exit: "exit code",
  "time-limit": "stopped at its time limit",
  "not-started": "could not be started",
} as const satisfies Record<CheckResult["endedBy"], string>;

function checkText(check: CheckResult, scratchPath: string): string {
  const { command, exitCode, endedBy, firstErrors, outputFile } = check;
  const code = endedBy === "exit" ? ` ${exitCode ?? "none: it was killed"}` : "";
  const errors = firstErrors.length === 0 ? [] : [quote(firstErrors.join("\n"))];
  const whole = outputFile === "" ? [] : [`All of its output: ${join(scratchPath, outputFile)}`];
  const text = [`It ended so: ${END_WORDS[endedBy]}${code}.`, ...errors, ...whole].join("\n\n");
  return section(commandText(command), text);
}

function section(heading: string, text: string): string {
  return text === "" ? "" : `## ${heading}\n\n${text}`;
}

function isSameCommand(one: CheckResult, other: CheckResult): boolean {
  return JSON.stringify(one.command) === JSON.stringify(other.command);
}
