import { describe, expect, test } from "bun:test";
import { SampleLoop, samplePrd } from "../../test/sample-loop.ts";
import { agentLine, verdictLine } from "../../test/some-lines.ts";
import type { AttemptLine } from "../record/attempt-line.ts";
import { sumSpent } from "../record/spent.ts";
import { renderRetrospective } from "./retrospective.ts";
import { summarizeLoop } from "./summarize-loop.ts";

const render = (loop: SampleLoop, attempts: readonly AttemptLine[]) =>
  renderRetrospective(account(loop, attempts));

function account(loop: SampleLoop, attempts: readonly AttemptLine[]) {
  return { prd: loop.prd, state: loop.state(), attempts, spent: sumSpent(attempts) };
}

function twoStories(): SampleLoop {
  const loop = new SampleLoop(samplePrd([{}, { title: "Slugs that are free" }]), {
    attemptsMax: 1,
  });
  loop.attempt("PASS").attempt("FAIL", { storyId: "US-002", tool: "pi", failing: ["1: words"] });
  return loop.add({ kind: "ended", at: loop.at, generation: 1, outcome: "partial" });
}

const LINES = [
  agentLine(),
  agentLine({ role: "review", tool: "pi", costUsd: null }),
  verdictLine(),
  agentLine({ storyId: "US-002", tool: "pi" }),
  verdictLine({
    ...{ storyId: "US-002", tool: "pi", verdict: "FAIL" },
    ...{ reasons: ["1 test of the review fails: 1: words."], failingTests: ["1: words"] },
  }),
];

describe("a retrospective", () => {
  test("opens with frontmatter that any reader of YAML takes", () => {
    const [, yaml = ""] = render(twoStories(), LINES).split("---\n");
    expect(Bun.YAML.parse(yaml)).toMatchObject({
      ...{
        title: "Slugs: a look back",
        date: "2026-11-24",
        tags: ["coding-loop", "retrospective"],
      },
      ...{ loop: "slugs-20261124-7f3a", outcome: "partial", stories: 2, passed: 1, failed: 1 },
      ...{ agent_runs: 3, input_tokens: 27_000, cost_usd: 0.2, unpriced_runs: 1 },
    });
  });

  test("says in one line what came of it", () => {
    expect(render(twoStories(), LINES)).toContain(
      "Slugs: 1 of 2 stories passed in 2 attempts; 2 minutes, 0.20 US dollars and 1 run of unknown cost.",
    );
  });

  test("has a row for each story", () => {
    const note = render(twoStories(), LINES);
    expect(note).toContain("| US-001 | Slugs of titles | passed | 1 | codex | 1111111111 |");
    expect(note).toContain("| US-002 | Slugs that are free | failed | 1 | pi |  |");
  });

  test("tells each attempt: who, what came of it, why, which tests", () => {
    expect(render(twoStories(), LINES)).toContain(
      [
        "### US-002: Slugs that are free\n",
        "- Attempt 1, pi: **FAIL**, 2 minutes, 0.10 US dollars",
        "  - 1 test of the review fails: 1: words.",
        "  - Failing: “1: words”",
      ].join("\n"),
    );
  });

  test("credits the one that implemented, never the reviewer", () => {
    const note = render(twoStories(), LINES);
    expect(note).toContain("| codex | code | 1 of 1 |");
    expect(note).toContain("| pi | code | 0 of 1 |");
  });

  test("counts what each agent used in each role", () => {
    const note = render(twoStories(), LINES);
    expect(note).toContain(
      "| implement | codex | scripted | 1 | 2 minutes | 9000 | 1000 | 0.10 US dollars |",
    );
    expect(note).toContain(
      "| review | pi | scripted | 1 | 2 minutes | 9000 | 1000 | cost unknown (1 run) |",
    );
  });

  test("says what its person has to do", () => {
    const note = render(twoStories(), LINES);
    expect(note).toContain("`git log -p bbbbbbbbbb..agent-loop/slugs-20261124-7f3a`");
    expect(note).toContain("`igs loop retry slugs-20261124-7f3a US-002`");
  });

  test("names troubles that were no work", () => {
    const limited = agentLine({ key: "k", end: "rate-limited", reason: "try again at 21:00" });
    expect(render(twoStories(), [...LINES, limited])).toContain(
      "- codex: rate-limited, 1 time; last: try again at 21:00",
    );
  });

  test("of a loop that was cancelled before it did anything is short and whole", () => {
    const loop = new SampleLoop();
    loop.add({ kind: "cancelled", at: loop.at, reason: null, removeClone: false });
    const note = render(loop, []);
    expect(note).toContain('outcome: "cancelled"');
    expect(note).toContain("0 of 1 story passed in 0 attempts, then cancelled; less than a minute");
    expect(note).not.toMatch(/## (What happened|Trouble|What it used|Who implemented well)/);
  });

  test("takes what agents and tests say for plain text", () => {
    const reasons = ["---\n| <b>x</b> | [[Link]] #tag\n# Head"];
    const note = render(twoStories(), [agentLine(), verdictLine({ reasons })]);
    expect(note).toContain("  - --- \\| \\<b\\>x\\</b\\> \\| \\[\\[Link\\]\\] \\#tag \\# Head");
  });

  test("stays bounded, whatever failed", () => {
    const failingTests = Array.from({ length: 5_000 }, (_, index) => `test ${index}`);
    const note = render(twoStories(), [
      agentLine(),
      verdictLine({ verdict: "FAIL", failingTests }),
    ]);
    expect(note).toContain("“test 9” and 4990 more");
    expect(note.length).toBeLessThan(10_000);
  });
});

test("the summary of a loop is one line of at most 1,000 characters", () => {
  const loop = new SampleLoop(samplePrd([{}], { title: "x".repeat(300) }));
  const summary = summarizeLoop({
    ...account(loop, []),
    prd: { ...loop.prd, title: "x".repeat(2_000) },
  });
  expect([summary.length, summary.includes("\n")]).toEqual([1_000, false]);
});
