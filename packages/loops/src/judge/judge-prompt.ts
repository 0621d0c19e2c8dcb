import type { Prd, Story } from "../prd/read-prd.ts";
import { type ComposedPrompt, composePrompt } from "../prompt/compose-prompt.ts";
import { commandText, joinFiles, listLines } from "../prompt/markdown.ts";
import { storyParts, wholePart } from "../prompt/story-parts.ts";
import type { CheckResult } from "../record/fact.ts";

export interface JudgeQuestion {
  readonly prd: Prd;
  readonly story: Story;
  /** As `git diff` shows it, from the story's base commit. */
  readonly diff: string;
  /** The project's checks at the head. */
  readonly checks: readonly CheckResult[];
  /** Null where the locked tests were not run. */
  readonly failingLockedTests: readonly string[] | null;
  /** First lines of their output that say what is wrong; empty where none fail. */
  readonly testErrors: readonly string[];
  /** What the change does to the project's own tests and settings, from `findWeakened`. */
  readonly weakened: readonly string[];
  /** The tests of the review. */
  readonly testSources: readonly { readonly path: string; readonly content: string }[];
}

/** What the judge's model is told. It reads, and can't make anything milder (`combine`). Pure. */
export function judgePrompt(question: JudgeQuestion): ComposedPrompt {
  const { prd, story, diff } = question;
  return composePrompt({
    opening: `Judge whether the change below does what story ${story.id} asks for. You are the judge of a coding loop: one agent has implemented the story, another has written tests from its criteria without seeing the code. Machines have run tests and checks; what they found stands. You look for what they can't see. Your word can stop a change; it can't let one pass that they have refused. You are in a checkout of the project: read what you need there, and change nothing.`,
    parts: [
      ...storyParts(story),
      { heading: "Results of tests and checks", text: resultsText(question), kind: "quoted" },
      { heading: "The change", text: diffText(diff), kind: "quoted" },
      {
        heading: "What it changes of the checks themselves",
        text: listLines(question.weakened),
        kind: "told",
      },
      { heading: "The tests of the review", text: sourcesText(question), kind: "quoted" },
      wholePart(prd, story),
    ],
    rules: RULES,
    answer: ANSWER,
  });
}

/** More than a model can look through in earnest; the checkout holds all of it. */
const DIFF_CHARS_MAX = 300_000;

function diffText(diff: string): string {
  if (diff.trim() === "") return "(nothing)";
  if (diff.length <= DIFF_CHARS_MAX) return diff;
  const left = diff.length - DIFF_CHARS_MAX;
  return `${diff.slice(0, DIFF_CHARS_MAX)}\n… ${left} characters more: read what is missing in the checkout`;
}

const RULES = [
  "Go through the criteria one by one, with the code before you: which line makes it true? Think of an input for which it isn't.",
  "Fail a change for what a criterion or the interface promises and it doesn't keep; for code that answers the tests' inputs and not the question; for stubs, swallowed errors, work left undone; for checks, tests or settings that were weakened to get through; for a secret in a file, or damage to what the story has nothing to do with.",
  "Never fail it for taste, names, style, what could be nicer or what nobody asked for. If you can't name the criterion or the line, it is no reason.",
  "`tests_contradict_criteria` is true only if a test of the review demands what no criterion and no interface says, or the opposite of one, so that right code could fail it. Then the first reason names that test and that criterion. A test that merely fails is no contradiction.",
  "`needs_story` is the id of another story only if this one can't be done by anyone before that one is there. Else null.",
  "If you are in doubt after reading, say fail, and what you doubt.",
] as const;

const ANSWER = `One JSON object and nothing else, no text before or after it:
{
  "verdict": "pass" or "fail",
  "reasons": ["one sentence each, the weightiest first, at most five; for a fail: the criterion's number, file and line, an input, what comes out and what should"],
  "tests_contradict_criteria": true or false,
  "needs_story": "id of a story" or null
}`;

function resultsText({ checks, failingLockedTests, testErrors }: JudgeQuestion): string {
  const locked =
    failingLockedTests === null
      ? "The tests of the review were not run."
      : failingLockedTests.length === 0
        ? "All tests of the review pass."
        : [`Tests of the review that fail:\n${listLines(failingLockedTests)}`, ...testErrors].join(
            "\n",
          );
  return [locked, ...checks.map(checkText)].join("\n\n");
}

function checkText(result: CheckResult): string {
  const command = commandText(result.command);
  if (result.endedBy === "exit" && result.exitCode === 0) return `${command} passes.`;
  const how = {
    exit: `ends with exit code ${result.exitCode ?? "none"}`,
    "time-limit": "was stopped at its time limit",
    "not-started": "could not be started",
  }[result.endedBy];
  const errors = result.firstErrors.join("\n");
  return errors === "" ? `${command} ${how}.` : `${command} ${how}:\n${errors}`;
}

function sourcesText({ testSources }: JudgeQuestion): string {
  return joinFiles(testSources.map(({ path, content }) => ({ path, text: content })));
}
