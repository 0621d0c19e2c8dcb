import { type ComposedPrompt, composePrompt } from "../prompt/compose-prompt.ts";
import { listLines } from "../prompt/markdown.ts";

export interface PrdQuestion {
  /** A person's words for what they want. */
  readonly goal: string;
  /** What helps to know the project without reading all of it: its README's beginning, its files. */
  readonly projectFacts: string | null;
  /** What was wrong with the PRD that was written before; null for a first one. */
  readonly problems: readonly string[] | null;
  /** That PRD, as it was answered. */
  readonly previous: string | null;
}

/** What the writer of a PRD is told: `igs loop start --goal`. Pure. */
export function prdPrompt({ goal, projectFacts, problems, previous }: PrdQuestion): ComposedPrompt {
  return composePrompt({
    opening:
      "Write the plan by which coding agents will reach the goal below in the project that you are in. Each story of it is implemented by one agent in one sitting of at most fifteen minutes, which sees that story alone; another agent writes tests from its criteria and its interface, without seeing the code. Read the project first; change nothing.",
    parts: [
      { heading: "Goal", text: goal, kind: "told" },
      {
        heading: "What is wrong with your last plan",
        text: listLines(problems ?? []),
        kind: "told",
      },
      { heading: "Your last plan", text: previous ?? "", kind: "quoted" },
      { heading: "The project, in short", text: projectFacts ?? "", kind: "quoted" },
    ],
    rules: RULES,
    answer: ANSWER,
  });
}

const RULES = [
  "As few stories as the goal needs, each one a change that stands by itself and leaves the project working. One is fine. Split what is more than a sitting.",
  "A criterion is one fact that a machine can test from outside: given this, that comes back, or is written, or is refused. With examples, word for word. Bounds and bad input, too. Never “works well”, “is clean”, “has tests”.",
  "`interface` names what tests have to call: file, exported names, signatures, errors; for a program its arguments, output and exit codes. It follows the project's own layout and style. Without it, a test has to guess names: leave it out only where the criteria say everything.",
  "`description` says what is wanted and why, and where in the project it belongs. How is the implementor's business.",
  "`depends_on` only where one story can't be done before another. `priority` is the order: 1 comes first.",
  '`checks` are the project\'s own commands that have to stay green, each a list of program and arguments, such as ["bun", "test"]; no shell reads them. Leave them out if package.json names them: they are found.',
  "Stay with the goal: no story about documentation, CI, refactoring or dependencies that it doesn't ask for.",
] as const;

const ANSWER = `One JSON object and nothing else, of exactly these fields; checks, depends_on and interface may be left out:
{
  "title": "one line",
  "description": "the goal and its bounds, for those who see one story",
  "checks": [["program", "argument"]],
  "stories": [
    {
      "id": "US-001",
      "title": "one line",
      "description": "what, why, where",
      "acceptance_criteria": ["one testable fact each"],
      "priority": 1,
      "depends_on": ["ids of other stories"],
      "interface": "file, names, signatures, errors"
    }
  ]
}`;
