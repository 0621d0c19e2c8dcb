import type { Prd, Story } from "../prd/read-prd.ts";
import { type ComposedPrompt, composePrompt } from "../prompt/compose-prompt.ts";
import { joinFiles, listLines } from "../prompt/markdown.ts";
import { storyParts, wholePart } from "../prompt/story-parts.ts";

export interface ReviewQuestion {
  readonly prd: Prd;
  readonly story: Story;
  /** Which runner the tests are for: `bun`, `node`, `vitest`, `jest`, `pytest`. */
  readonly runner: string;
  /** Where the project keeps its tests, such as `src/slug.test.ts`; empty when it has none. */
  readonly testFolderHint: readonly string[];
  /** What the implementation exports, without how; empty where none could be made. */
  readonly declarations: readonly { readonly path: string; readonly declarations: string }[];
  /** Why the last set of tests was refused; null for a first one. Never cut. */
  readonly problem: string | null;
}

/** What the writer of the tests is told. It never sees an implementation (field lesson 24). Pure. */
export function reviewPrompt(question: ReviewQuestion): ComposedPrompt {
  const { prd, story, testFolderHint, problem } = question;
  return composePrompt({
    opening: `Write the tests that decide whether story ${story.id} is done. You are the reviewer of a coding loop: somebody else has implemented the story elsewhere, and you never see how. In the repository that you are in the story is not there yet. So your tests can only say what everyone can hold the story to: what its criteria promise, called through its interface.`,
    parts: [
      ...storyParts(story),
      {
        heading: "Why the tests that were written before are not used",
        text: problem ?? "",
        kind: "quoted",
      },
      {
        heading: "What the implementation exports, by file",
        text: joinFiles(
          question.declarations.map(({ path, declarations }) => ({ path, text: declarations })),
        ),
        kind: "quoted",
      },
      wholePart(prd, story),
      {
        heading: "Tests that the project has, to show where they lie and how they look",
        text: listLines(testFolderHint),
        kind: "told",
      },
    ],
    rules: [...RULES, ...runnerRules(question)],
    answer:
      "One line for each criterion: its number, and the names of the tests that hold it; or that no test can, and why. Nothing else.",
  });
}

const RULES = [
  "Test behaviour, never implementation: what a caller gets back, which errors, what is written where. No private names, no source text, no count of calls, no internal order, no snapshot.",
  "Each criterion has at least one test. The name of a test begins with the criterion's number and says what holds, as in “2: a title without letters becomes an empty slug”.",
  "Test no more than the criteria say. Any right implementation has to pass, whoever wrote it: where a criterion leaves something open (words of a message, order, spacing, type of an error), accept every reading of it.",
  "Look where mistakes are made: the examples of the criteria word for word, then nothing, one, many, the bounds, and bad input where a criterion says what becomes of it.",
  "Each test has to be able to fail. They are run first with bodies that throw, then with bodies that give nothing back: a test that passes both times holds nothing. Where something has to be refused, show beside it that its good neighbour isn't.",
  "Import the modules of the interface by the paths given, as if they were there, and call them inside of tests only, never while a file loads. Names that no declaration and no interface gives don't exist.",
  "Write new test files only; everything in them, fixtures and small functions, too. Each other file that you add, change or delete is thrown away: no implementation, no stub, no mock of the project's own modules, no settings, no dependency.",
  "The same result each time: no network, no waiting, no clock or chance that you don't control, no order between tests; files only in a temporary folder, which the test makes and removes.",
  "Don't try to make them pass: nothing here can. Look only that they parse, and that imports and names are right. Few good tests are better than many: as a rule two to four for a criterion. Don't commit.",
] as const;

function runnerRules({ runner, story, testFolderHint }: ReviewQuestion): readonly string[] {
  const known = RUNNERS[runner];
  if (known === undefined) return [`The tests are for ${runner}.`];
  const name = known.fileName(story.id.toLowerCase().replace(/[^a-z0-9]+/g, "_"));
  const place =
    testFolderHint.length === 0
      ? "where tests of this kind are usually kept"
      : "in the folder where the project keeps such tests";
  return [
    `The tests are for ${runner}: ${known.imports} Call the file ${name}, ${place}; for several, put a word before the ending.`,
  ];
}

interface RunnerWords {
  readonly imports: string;
  readonly fileName: (story: string) => string;
}

const RUNNERS: Readonly<Record<string, RunnerWords | undefined>> = {
  bun: {
    imports: '`import { expect, test } from "bun:test"`.',
    fileName: (story) => `story-${story.replaceAll("_", "-")}.test.ts`,
  },
  node: {
    imports:
      '`import test from "node:test"` and `import assert from "node:assert/strict"`; import paths carry their endings, as in the project.',
    fileName: (story) =>
      `story-${story.replaceAll("_", "-")}.test with the ending of the project's tests`,
  },
  vitest: {
    imports: '`import { expect, test } from "vitest"`.',
    fileName: (story) => `story-${story.replaceAll("_", "-")}.test.ts`,
  },
  jest: {
    imports: "`test` and `expect` are there without an import, unless the project imports them.",
    fileName: (story) =>
      `story-${story.replaceAll("_", "-")}.test with the ending of the project's tests`,
  },
  pytest: {
    imports:
      "plain functions `test_…` with `assert`; the name of a test begins with `test_` and the criterion's number.",
    fileName: (story) => `test_story_${story}.py`,
  },
};
