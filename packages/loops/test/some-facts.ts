// Facts and PRDs for tests: each is whole, a test names what it is about.

import type { Prd, Story } from "../src/prd/read-prd.ts";
import type { CheckResult, Fact, FactOf } from "../src/record/fact.ts";
import { type KeylessFact, withKey } from "../src/record/fact-key.ts";

export const LOOP_ID = "slugs-20261124-7f3a";
export const BEGUN_MS = Date.parse("2026-11-24T10:00:00.000Z");
export const BASE = "b".repeat(40);

type Given<Kind extends Fact["kind"]> = Partial<Omit<FactOf<Kind>, "key" | "kind" | "at">> & {
  /** Milliseconds after the loop has begun. */
  readonly atMs?: number;
};

export function somePrd(...stories: readonly (Partial<Story> & { readonly id: string })[]): Prd {
  return {
    title: "Slugs",
    description: "Notes get addresses that people can read.",
    stories: stories.map((story, index) => ({
      title: `Story ${story.id}`,
      description: "What is wanted.",
      acceptance_criteria: ["it works"],
      priority: index + 1,
      ...story,
    })),
  };
}

export function commitOf(mark: number): string {
  return mark.toString(16).padStart(40, "0");
}

export function someFact<Kind extends Fact["kind"]>(kind: Kind, given: Given<Kind> = {}): Fact {
  const { atMs = 0, ...fields } = given;
  const at = new Date(BEGUN_MS + atMs).toISOString();
  // What is left out comes from the table of the same kind, so the fact is whole.
  return withKey({ ...DEFAULTS[kind], ...fields, at } as unknown as KeylessFact);
}

const check: CheckResult = {
  command: ["bun", "test"],
  exitCode: 0,
  endedBy: "exit",
  durationMs: 1_200,
  failingTests: [],
  firstErrors: [],
  outputFile: "checks/1.log",
};

const at = new Date(BEGUN_MS).toISOString();
const ofStory = { at, generation: 1, storyId: "A", attempt: 1 };

const DEFAULTS: { readonly [Kind in Fact["kind"]]: Omit<FactOf<Kind>, "key"> } = {
  begun: {
    kind: "begun",
    at,
    loopId: LOOP_ID,
    project: "/home/sam/code/notes",
    branch: `agent-loop/${LOOP_ID}`,
    baseBranch: "main",
    baseCommit: BASE,
    caps: {
      attemptsMax: 3,
      iterationsMax: 100,
      wallClockMaxMs: 3_600_000,
      tokensMax: null,
      costMaxUsd: 20,
      agentTimeMaxMs: 900_000,
    },
    tools: ["codex", "claude"],
    judge: "checks",
    docker: false,
    finish: { merge: false, push: false, pr: false },
  },
  baseline: { kind: "baseline", at, checks: [check] },
  planned: {
    ...ofStory,
    kind: "planned",
    iteration: 1,
    tool: "codex",
    storyKind: "code",
    reasons: ["pure code goes to codex"],
    baseCommit: BASE,
  },
  implemented: {
    ...ofStory,
    kind: "implemented",
    commit: commitOf(1),
    files: ["src/slugify.ts"],
    problem: null,
  },
  reviewed: {
    ...ofStory,
    kind: "reviewed",
    locked: {
      round: 1,
      files: [{ path: "test/slugify.test.ts", sha256: "0".repeat(64) }],
      tests: ["slugify > lowers"],
    },
    problem: null,
    failingLockedTests: [],
    checks: [check],
    weakened: [],
  },
  judged: {
    ...ofStory,
    kind: "judged",
    tool: "codex",
    verdict: "PASS",
    reasons: [],
    failingTests: [],
    feedbackFile: null,
    by: "checks",
  },
  published: {
    kind: "published",
    at,
    storyId: "A",
    attempt: 1,
    commit: commitOf(1),
    replaced: null,
  },
  paused: { kind: "paused", at, generation: 1, cause: "cost", reason: "spent", until: null },
  held: {
    ...ofStory,
    kind: "held",
    role: "implement",
    turn: 1,
    cause: "rate-limit",
    reason: "until ten",
    until: at,
  },
  released: { ...ofStory, kind: "released", role: "implement", turn: 1 },
  resumed: { kind: "resumed", at, generation: 2, caps: null },
  reopened: { kind: "reopened", at, storyId: "A", generation: 2, reason: "again" },
  cancelled: { kind: "cancelled", at, reason: null, removeClone: false },
  ended: { kind: "ended", at, generation: 1, outcome: "completed" },
  finished: {
    kind: "finished",
    at,
    generation: 1,
    merged: false,
    pushed: false,
    pullRequest: null,
    problems: [],
  },
  retro: { kind: "retro", at, generation: 1, noteSlug: LOOP_ID },
};
