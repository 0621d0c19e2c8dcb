import type { AgentName } from "@system-bus/agents";
import type { Story } from "../prd/read-prd.ts";
import type { LoopState } from "../record/loop-state.ts";
import { type Playbook, recordsOf, type ToolRecord } from "../retro/playbook.ts";
import { readSignals, type StoryKind } from "./read-signals.ts";

export interface ToolChoice {
  readonly tool: AgentName;
  readonly storyKind: StoryKind;
  /** Sentences for people, the decisive one last. */
  readonly reasons: readonly string[];
}

export interface ToolQuestion {
  readonly story: Story;
  /** Agents that are there, in the person's order; at least one. */
  readonly tools: readonly AgentName[];
  readonly playbook: Playbook;
  readonly state: LoopState;
}

/** The seeds' table: fast and focused; has a browser and the web; the largest context. */
const BY_KIND = {
  code: "codex",
  ui: "pi",
  research: "pi",
  refactor: "claude",
} as const satisfies Record<StoryKind, AgentName>;

const KIND_WORDS = {
  code: "Pure code",
  ui: "It is about a user interface",
  research: "It needs research",
  refactor: "It changes many files",
} as const satisfies Record<StoryKind, string>;

/** Below it the playbook says nothing: the issue's own figure. */
const SAMPLES_MIN = 20;

/**
 * Who implements a story. A first attempt goes to the story's own `tool`, else to the best by the
 * playbook, once it has enough samples of the kind, else by the table. Each further attempt goes to the
 * next of the ladder that has not failed on this story; when all have, to the one that failed least.
 * Pure (field lesson 21).
 */
export function chooseTool({ story, tools, playbook, state }: ToolQuestion): ToolChoice {
  const { storyKind, signals } = readSignals(story);
  const told = signals.length === 0 ? "" : ` (${signals.join(", ")})`;
  const reasons = [`${KIND_WORDS[storyKind]}${told}.`];
  const first = chooseFirst({ story, tools, playbook, storyKind });
  const failed = findFailed(state, story.id);
  if (failed.length === 0) {
    return { tool: first.tool, storyKind, reasons: [...reasons, ...first.reasons] };
  }
  const ladder = [first.tool, ...tools.filter((tool) => tool !== first.tool)];
  const tool = chooseNext(ladder, failed);
  const before = [...new Set(failed)].join(" and ");
  const reason = failed.includes(tool)
    ? `${before} failed on it, and no other agent is there: ${tool} again, with what was wrong.`
    : `${before} failed on it: ${tool} is the next of the ladder.`;
  return { tool, storyKind, reasons: [...reasons, reason] };
}

interface FirstChoice {
  readonly tool: AgentName;
  readonly reasons: readonly string[];
}

function chooseFirst(
  question: Omit<ToolQuestion, "state"> & { readonly storyKind: StoryKind },
): FirstChoice {
  const { story, tools, storyKind } = question;
  if (story.tool !== undefined && tools.includes(story.tool)) {
    return { tool: story.tool, reasons: [`The PRD says ${story.tool}.`] };
  }
  const absent =
    story.tool === undefined ? [] : [`The PRD says ${story.tool}, which this loop can't use.`];
  const byKind = chooseByKind(tools, storyKind);
  const chosen = chooseByPlaybook(question, byKind.tool) ?? byKind;
  return { tool: chosen.tool, reasons: [...absent, ...chosen.reasons] };
}

function chooseByKind(tools: readonly AgentName[], storyKind: StoryKind): FirstChoice {
  const preferred = BY_KIND[storyKind];
  if (tools.includes(preferred)) return { tool: preferred, reasons: [`${preferred} is for that.`] };
  const [tool] = tools;
  if (tool === undefined) throw new Error("broken promise: a loop has at least one agent");
  const reason = `${preferred} would be for that, and this loop can't use it: ${tool} instead.`;
  return { tool, reasons: [reason] };
}

/** Null while there is too little to go by. */
function chooseByPlaybook(
  { tools, playbook, storyKind }: Omit<ToolQuestion, "state"> & { readonly storyKind: StoryKind },
  preferred: AgentName,
): FirstChoice | null {
  const known = recordsOf(playbook, storyKind).filter(({ tool }) => tools.includes(tool));
  const samples = known.reduce((sum, { attempts }) => sum + attempts, 0);
  if (samples < SAMPLES_MIN) return null;
  const order = [preferred, ...tools.filter((tool) => tool !== preferred)];
  const records = order.map(
    (tool) => known.find((record) => record.tool === tool) ?? untried(tool),
  );
  const [best] = records.toSorted(compareRecords);
  if (best === undefined) return null;
  const figures = records
    .filter(({ attempts }) => attempts > 0)
    .map(({ tool, passes, attempts }) => `${tool} passed ${passes} of ${attempts}`);
  const why =
    best.attempts === 0
      ? `${best.tool} has not been tried, and may be better`
      : `${best.tool} is best`;
  return { tool: best.tool, reasons: [`At such stories, ${figures.join(", ")}: ${why}.`] };
}

type Tried = Pick<ToolRecord, "tool" | "attempts" | "passes" | "costUsd">;

function untried(tool: AgentName): Tried {
  return { tool, attempts: 0, passes: 0, costUsd: 0 };
}

/**
 * Better first: the share that passed, then what an attempt cost, then their order. One pass and one
 * failure are added to each (Laplace's rule): a single lucky attempt doesn't beat nineteen of twenty, and
 * one that was never tried stands in the middle, so that a bad one gives way to it.
 */
function compareRecords(one: Tried, other: Tried): number {
  const share = ({ passes, attempts }: Tried) => (passes + 1) / (attempts + 2);
  const costUsd = ({ costUsd: all, attempts }: Tried) => (attempts === 0 ? 0 : all / attempts);
  return share(other) - share(one) || costUsd(one) - costUsd(other);
}

/** Tools whose code for the story was judged bad, one entry an attempt. */
function findFailed(state: LoopState, storyId: string): readonly AgentName[] {
  const story = state.stories.find(({ id }) => id === storyId);
  return (story?.verdicts ?? [])
    .filter(({ verdict }) => verdict === "FAIL")
    .map(({ tool }) => tool);
}

/** The first of those that have failed least. `ladder` is not empty. */
function chooseNext(ladder: readonly AgentName[], failed: readonly AgentName[]): AgentName {
  const count = (tool: AgentName) => failed.filter((other) => other === tool).length;
  const [least] = ladder.toSorted((one, other) => count(one) - count(other));
  if (least === undefined) throw new Error("broken promise: a ladder has at least one agent");
  return least;
}
