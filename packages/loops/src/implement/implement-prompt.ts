import type { Prd, Story } from "../prd/read-prd.ts";
import { type ComposedPrompt, composePrompt, type PromptPart } from "../prompt/compose-prompt.ts";
import { commandText, listLines } from "../prompt/markdown.ts";
import { storyParts, wholePart } from "../prompt/story-parts.ts";

export interface ImplementQuestion {
  readonly prd: Prd;
  readonly story: Story;
  /** What the judge said of the last attempt; null for a first one. Never cut. */
  readonly feedback: string | null;
  /** What earlier agents noticed about this codebase. */
  readonly patterns: readonly string[];
  /** Content of the project's AGENTS.md. */
  readonly agentsFile: string | null;
  /** Paths of the tests that hold for the story and lie in the checkout; empty before the first review. */
  readonly lockedTests: readonly string[];
}

/** What an implementor is told. Pure. */
export function implementPrompt(question: ImplementQuestion): ComposedPrompt {
  const { prd, story } = question;
  return composePrompt({
    opening: `Implement story ${story.id} in the git repository that you are in. You are the implementor of a coding loop: when you end, the loop commits what you have changed; another agent, which never sees your code, has written or will write tests from the criteria and the interface below; your change passes when those tests and the project's own checks do. Nobody is there to answer questions.`,
    parts: [
      ...storyParts(story),
      ...retryParts(question),
      wholePart(prd, story),
      {
        heading: "The project's own checks",
        text: listLines((prd.checks ?? []).map(commandText)),
        kind: "told",
      },
      {
        heading: "What earlier agents noticed about this codebase",
        text: listLines(question.patterns),
        kind: "quoted",
      },
      { heading: "AGENTS.md of the project", text: question.agentsFile ?? "", kind: "told" },
    ],
    rules: rulesFor(question),
    answer: ANSWER,
  });
}

function retryParts({ feedback, lockedTests }: ImplementQuestion): readonly PromptPart[] {
  return [
    { heading: "What was wrong with the last attempt", text: feedback ?? "", kind: "quoted" },
    { heading: "Tests that hold for this story", text: listLines(lockedTests), kind: "told" },
  ];
}

function rulesFor({ feedback, lockedTests }: ImplementQuestion): readonly string[] {
  return [
    ...(feedback === null ? [] : RETRY_RULES),
    ...(lockedTests.length === 0 ? [] : LOCKED_RULES),
    ...RULES,
  ];
}

const RETRY_RULES = [
  "Begin with what was wrong. The files may hold what the last attempt left: see `git status`, `git log -3` and the code before you write. Find the cause of each failure; don't treat its symptom. Keep what was right.",
];

const LOCKED_RULES = [
  "The tests that hold for this story lie in your checkout. Run them until they pass. Never change, move, delete or skip them, nor what they are run with: a change to them is refused whole, however good the rest is.",
];

const RULES = [
  "Read before you write: find the code that is nearest to what is wanted, and do as it does in names, structure, error handling and tests.",
  "Do all of the story: each criterion with its edge cases, and the interface exactly as given, its names, signatures and paths.",
  "Do nothing but the story: no refactoring on the way, no reformatting, no new dependency unless the story asks for one. The smallest change that a careful colleague would accept.",
  "Solve it for every input, never for the examples alone. No stub, no placeholder, no swallowed error, nothing left for later.",
  "Where the story leaves something open, take the plainest reading and go on.",
  "Tests of your own are welcome beside the project's, for what the change does.",
  "Before you end, run the project's checks and mend what you have broken. What failed before you came is not yours.",
  "Never make a check pass by weakening it: leave existing tests, the settings of compiler, linter and test runner, package scripts and CI as they are, unless the story is about them.",
  "Never commit, stash, switch branches, rewrite history or touch `.git`. Leave the changed files as they are: the loop commits them.",
  "Where AGENTS.md says otherwise about commits, branches or tests, these rules hold.",
  "Never leave logs, notes or scratch files in the repository, and nothing running when you end. Never write outside of the folder you are in. Never put a key, a password or a person's data into a file.",
] as const;

const ANSWER = `At most ten lines: what you changed and why so; which checks you ran, and what they came to; what you could not do, plainly.

Then, only if you found out something that holds in this codebase beyond the story, and that would have spared you a detour, up to three lines, each beginning so:
PATTERN: one sentence that is true of the codebase and names the place`;
