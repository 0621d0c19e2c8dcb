// The note that a loop leaves in the vault. It says what really happened, from the record alone: who ran,
// what it used, what was decided and why (field lesson 23). No model writes it.

import type { Story } from "../prd/read-prd.ts";
import type { AgentLine, AttemptLine, VerdictLine } from "../record/attempt-line.ts";
import type { StoryState, StoryStatus } from "../record/loop-state.ts";
import { frontmatter, inline, section, table } from "./note-text.ts";
import { firstSamples } from "./playbook.ts";
import {
  count,
  formatCost,
  formatMinutes,
  type LoopAccount,
  summarizeLoop,
} from "./summarize-loop.ts";

/** Markdown with frontmatter, for `system/retrospectives/<loopId>.md`. Pure. */
export function renderRetrospective(loop: LoopAccount): string {
  const { prd, state } = loop;
  const parts = [
    `# ${inline(prd.title)}: a look back`,
    `${inline(summarizeLoop(loop), 1_000)}.`,
    section("Stories", storyTable(loop)),
    section("What is left for you", leftText(loop)),
    section("What happened", state.stories.map((story) => storyText(loop, story)).join("\n\n")),
    section("Who implemented well", toolTable(loop.attempts)),
    section("What it used", usedTable(loop.attempts)),
    section("Trouble", troubleText(loop.attempts)),
  ];
  const body = parts.filter((part) => part !== "").join("\n\n");
  return `${frontmatter(noteFields(loop))}\n${body}\n`;
}

function noteFields({ prd, state, spent }: LoopAccount) {
  const { begun } = state;
  const endedAt = state.ended?.at ?? state.cancelled?.at ?? begun.at;
  const with_ = (status: StoryStatus) =>
    state.stories.filter((story) => story.status === status).length;
  return {
    title: `${prd.title}: a look back`,
    date: endedAt.slice(0, 10),
    tags: ["coding-loop", "retrospective"],
    loop: state.loopId,
    outcome: state.ended?.outcome ?? state.status,
    project: begun.project,
    branch: begun.branch,
    begun: begun.at,
    ended: endedAt,
    stories: state.stories.length,
    passed: with_("passed"),
    failed: with_("failed"),
    agent_runs: spent.agentRuns,
    input_tokens: spent.inputTokens,
    output_tokens: spent.outputTokens,
    cost_usd: Math.round(spent.costUsd * 10_000) / 10_000,
    unpriced_runs: spent.unpricedRuns,
  };
}

const STATUS_WORDS = {
  open: "not begun",
  active: "under way",
  later: "put off",
  "needs-human": "undecided",
  passed: "passed",
  failed: "failed",
  skipped: "skipped",
} as const satisfies Record<StoryStatus, string>;

function storyTable({ prd, state }: LoopAccount): string {
  const rows = state.stories.map((story) => [
    story.id,
    inline(titleOf(prd.stories, story.id), 100),
    wordFor(story),
    String(story.lastAttempt),
    story.planned?.tool ?? "",
    story.published?.commit.slice(0, 10) ?? "",
  ]);
  return table(["Story", "Title", "Came to", "Attempts", "Last agent", "Commit"], rows);
}

function wordFor({ status, lastAttempt }: StoryState): string {
  return status === "open" && lastAttempt > 0 ? "not finished" : STATUS_WORDS[status];
}

function titleOf(stories: readonly Story[], storyId: string): string {
  return stories.find(({ id }) => id === storyId)?.title ?? storyId;
}

function leftText({ state }: LoopAccount): string {
  const { loopId, begun } = state;
  const ids = (status: StoryStatus) =>
    state.stories.filter((story) => story.status === status).map(({ id }) => id);
  const hasPassed = ids("passed").length > 0;
  const range = `${begun.baseCommit.slice(0, 10)}..${begun.branch}`;
  const items = [
    ...(hasPassed
      ? [`Read the branch: \`git log -p ${range}\`, then merge it if you like it.`]
      : []),
    ...ids("needs-human").map(
      (id) => `Decide on ${id}: \`igs loop approve ${loopId} ${id}\` or \`igs loop reject\`.`,
    ),
    ...ids("failed").map(
      (id) => `${id} failed: \`igs loop retry ${loopId} ${id}\` tries it again.`,
    ),
    ...ids("skipped").map((id) => `${id} waits for a story that failed.`),
    ...(state.finished?.problems ?? []).map((problem) => inline(problem)),
  ];
  return items.map((item) => `- ${item}`).join("\n");
}

function storyText({ prd, attempts }: LoopAccount, story: StoryState): string {
  const verdicts = attempts.filter(
    (line): line is VerdictLine => line.type === "verdict" && line.storyId === story.id,
  );
  if (verdicts.length === 0) return "";
  const lines = verdicts.map((verdict) => verdictText(verdict, attempts));
  return `### ${story.id}: ${inline(titleOf(prd.stories, story.id), 100)}\n\n${lines.join("\n")}`;
}

const REASONS_SHOWN = 5;
const TESTS_SHOWN = 10;

function verdictText(verdict: VerdictLine, attempts: readonly AttemptLine[]): string {
  const runs = agentLines(attempts).filter(
    ({ storyId, attempt }) => storyId === verdict.storyId && attempt === verdict.attempt,
  );
  const took = runs.length === 0 ? "" : `, ${usedText(runs)}`;
  const reasons = verdict.reasons.slice(0, REASONS_SHOWN).map((reason) => `  - ${inline(reason)}`);
  const tests = verdict.failingTests.slice(0, TESTS_SHOWN).map((name) => `“${inline(name, 120)}”`);
  const more = verdict.failingTests.length - tests.length;
  const failing =
    tests.length === 0
      ? []
      : [`  - Failing: ${tests.join(", ")}${more > 0 ? ` and ${more} more` : ""}`];
  const head = `- Attempt ${verdict.attempt}, ${verdict.tool}: **${verdict.verdict}**${took}`;
  return [head, ...reasons, ...failing].join("\n");
}

/** By the playbook's own rule, so that the note and the planner never disagree. */
function toolTable(attempts: readonly AttemptLine[]): string {
  const groups = Map.groupBy(
    firstSamples(attempts),
    ({ storyKind, tool }) => `${tool}/${storyKind}`,
  );
  const rows = [...groups.values()].map((samples) => {
    const [{ tool, storyKind } = { tool: "", storyKind: "" }] = samples;
    const passes = samples.filter(({ hasPassed }) => hasPassed).length;
    return [tool, storyKind, `${passes} of ${samples.length}`];
  });
  if (rows.length === 0) return "";
  const what =
    "Stories that were passed with the first code that was judged; what the planner learns from.";
  return `${what}\n\n${table(["Agent", "Kind", "Passed at once"], rows)}`;
}

function usedTable(attempts: readonly AttemptLine[]): string {
  const groups = Map.groupBy(agentLines(attempts), ({ role, tool }) => `${role}/${tool}`);
  const rows = [...groups.values()].map((runs) => {
    const [{ role, tool } = { role: "", tool: "" }] = runs;
    const models = new Set(
      runs.flatMap(({ model }) => (model === null ? [] : [inline(model, 60)])),
    );
    return [
      ...[role, tool, [...models].join(", "), String(runs.length)],
      ...[formatMinutes(sum(runs, "durationMs")), String(sum(runs, "inputTokens"))],
      ...[String(sum(runs, "outputTokens")), costText(runs)],
    ];
  });
  if (rows.length === 0) return "";
  const head = ["Role", "Agent", "Model", "Runs", "Time", "Tokens in", "Tokens out", "Cost"];
  return table(head, rows);
}

function troubleText(attempts: readonly AttemptLine[]): string {
  const bad = agentLines(attempts).filter(({ end }) => end !== "ok");
  const groups = Map.groupBy(bad, ({ tool, end }) => `${tool}: ${end}`);
  return [...groups.entries()]
    .map(([name, runs]) => {
      const reason = runs.at(-1)?.reason ?? null;
      const last = reason === null ? "" : `; last: ${inline(reason, 300)}`;
      return `- ${name}, ${count(runs.length, "time", "times")}${last}`;
    })
    .join("\n");
}

function agentLines(attempts: readonly AttemptLine[]): readonly AgentLine[] {
  return attempts.filter((line): line is AgentLine => line.type === "agent");
}

function usedText(runs: readonly AgentLine[]): string {
  return `${formatMinutes(sum(runs, "durationMs"))}, ${costText(runs)}`;
}

function costText(runs: readonly AgentLine[]): string {
  const costUsd = runs.reduce((total, run) => total + (run.costUsd ?? 0), 0);
  return formatCost(costUsd, runs.filter((run) => run.costUsd === null).length);
}

function sum(
  runs: readonly AgentLine[],
  field: "durationMs" | "inputTokens" | "outputTokens",
): number {
  return runs.reduce((total, run) => total + run[field], 0);
}
