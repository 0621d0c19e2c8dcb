// Histories that a loop can have: roles that do their work in turn, persons who speak at any moment, steps
// that run twice, and facts of a generation that is over, written late.

import type { Prd } from "../src/prd/read-prd.ts";
import { nextRole } from "../src/record/decide-entry.ts";
import type { Fact, Verdict } from "../src/record/fact.ts";
import { foldLoop } from "../src/record/fold-loop.ts";
import type { LoopState, StoryState } from "../src/record/loop-state.ts";
import { BEGUN_MS, commitOf, someFact } from "./some-facts.ts";

/** What fast-check draws for one fact: who makes it, which move, what of it, how much later. */
export interface Draw {
  /** Below 20. */
  readonly chance: number;
  readonly move: number;
  readonly pick: number;
  readonly waitMs: number;
}

const VERDICTS = ["PASS", "PASS", "FAIL", "FAIL", "NEW_TESTS", "LATER", "NEEDS_HUMAN"] as const;

export function historyOf(prd: Prd, draws: readonly Draw[]): readonly Fact[] {
  const facts: Fact[] = [someFact("begun")];
  let atMs = 0;
  for (const draw of draws) {
    atMs += draw.waitMs;
    const state = stateOf(prd, facts, atMs);
    const moves = movesOf(state, facts, draw, atMs);
    const fact = moves[draw.move % moves.length];
    if (fact !== undefined && !facts.some(({ key }) => key === fact.key)) facts.push(fact);
  }
  return facts;
}

export function stateOf(prd: Prd, facts: readonly Fact[], atMs: number): LoopState {
  const state = foldLoop(prd, facts, BEGUN_MS + atMs);
  if (state === null) throw new Error("a history begins with its beginning");
  return state;
}

/** Mostly work, so that histories come far; people and late runs now and then. */
function movesOf(state: LoopState, facts: readonly Fact[], draw: Draw, atMs: number): Fact[] {
  if (draw.chance >= 17) return personsOf(state, draw, atMs);
  const late = draw.chance >= 15 ? lateOf(state, facts, atMs) : [];
  return late.length > 0 ? late : workOf(state, draw, atMs);
}

/** What the role whose turn it is would write. */
function workOf(state: LoopState, { pick }: Draw, atMs: number): Fact[] {
  const { generation } = state;
  if (state.ended !== null) {
    return [someFact("finished", { generation, atMs }), someFact("retro", { generation, atMs })];
  }
  if (state.cancelled !== null) {
    return [someFact("ended", { generation, outcome: "cancelled", atMs })];
  }
  const active = state.stories.find(({ status }) => status === "active");
  const run = { generation, storyId: active?.id ?? "A", attempt: active?.lastAttempt ?? 1 };
  const turn = 1 + (pick % 3);
  if (state.pause !== null) {
    const released = someFact("released", { ...run, turn, atMs });
    return [released, someFact("resumed", { generation: generation + 1, atMs })];
  }
  if (active !== undefined && pick % 6 === 0) return [someFact("held", { ...run, turn, atMs })];
  if (active !== undefined) return [workOn(active, state, pick, atMs)];
  const open = state.stories.filter(({ status }) => status === "open" || status === "later");
  const story = open[pick % Math.max(1, open.length)];
  if (story === undefined) return [someFact("ended", { generation, outcome: "partial", atMs })];
  const iteration = state.iteration + 1;
  const attempt = story.lastAttempt + 1;
  return [someFact("planned", { generation, iteration, storyId: story.id, attempt, atMs })];
}

function workOn(story: StoryState, state: LoopState, pick: number, atMs: number): Fact {
  const about = { storyId: story.id, attempt: story.lastAttempt, atMs };
  const { generation } = state;
  const commit = pick % 5 === 0 ? null : commitOf(state.iteration);
  switch (nextRole(story)) {
    case "implement":
      return someFact("implemented", { ...about, generation, commit });
    case "review":
      return someFact("reviewed", { ...about, generation });
    default: {
      const isPassed = story.verdicts.some(
        ({ attempt, verdict }) => attempt === about.attempt && verdict === "PASS",
      );
      if (isPassed) return someFact("published", { ...about, commit: commitOf(state.iteration) });
      const verdict: Verdict = VERDICTS[pick % VERDICTS.length] ?? "FAIL";
      return someFact("judged", { ...about, generation, verdict });
    }
  }
}

/** What people may say at any moment, fitting or not. */
function personsOf(state: LoopState, { pick }: Draw, atMs: number): Fact[] {
  const { generation, stories } = state;
  const story = stories[pick % stories.length];
  const about = { storyId: story?.id ?? "A", attempt: Math.max(1, story?.lastAttempt ?? 1), atMs };
  const caps = { ...state.caps, attemptsMax: 1 + (pick % 4) };
  return [
    someFact("paused", { generation, atMs }),
    someFact("resumed", { generation: generation + 1, caps: pick % 2 === 0 ? null : caps, atMs }),
    someFact("reopened", { ...about, generation: generation + 1 }),
    someFact("judged", { ...about, generation, verdict: "PASS", by: "person" }),
    someFact("judged", { ...about, generation, verdict: "FAIL", by: "person" }),
    ...(pick % 4 === 0 ? [someFact("cancelled", { atMs })] : []),
  ];
}

/** What a run of a generation that is over may still write. */
function lateOf(state: LoopState, facts: readonly Fact[], atMs: number): Fact[] {
  const generation = state.generation - 1;
  if (generation < 1) return [];
  const plans = facts.filter((fact) => fact.kind === "planned");
  const late = plans.flatMap(({ storyId, attempt }) => [
    someFact("implemented", { generation, storyId, attempt, atMs, commit: commitOf(999) }),
    someFact("judged", { generation, storyId, attempt, verdict: "FAIL", atMs }),
  ]);
  return [
    ...late,
    someFact("paused", { generation, atMs }),
    someFact("held", { generation, turn: 9, atMs }),
    someFact("released", { generation, atMs }),
    someFact("ended", { generation, atMs }),
    someFact("retro", { generation, atMs }),
  ];
}
