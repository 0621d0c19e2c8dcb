// Loops whose records are made by the real `openLoopRecord`, in a folder of the test's own.

import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import {
  type AgentLine,
  type Fact,
  type KeylessFact,
  type LoadedLoop,
  type LoopRecord,
  loadLoop,
  loopPlaces,
  openLoopRecord,
  type Prd,
  type VerdictLine,
  withKey,
} from "@system-bus/loops";

export const LOOP_ID = "slugs-20261124-7f3a";
export const BEGUN_MS = Date.parse("2026-11-24T10:00:00.000Z");
export const BASE = "b".repeat(40);
export const COMMIT = "c".repeat(40);

export const prd: Prd = {
  title: "Slugs",
  description: "Notes get addresses that people can read.",
  stories: [
    {
      id: "US-001",
      title: "Make slugs of titles",
      description: "A function that turns a title into a slug.",
      acceptance_criteria: ["`Hello, World!` becomes `hello-world`", "An empty title throws"],
      priority: 1,
    },
    {
      id: "US-002",
      title: "Use them in links",
      description: "Links have slugs.",
      acceptance_criteria: ["A link to `Hello` ends in `/hello`"],
      priority: 2,
      depends_on: ["US-001"],
    },
  ],
};

const ofFirst = { generation: 1, storyId: "US-001", attempt: 1 } as const;

type Kind = Fact["kind"];
type Fields<K extends Kind> = Omit<Extract<KeylessFact, { kind: K }>, "at" | "kind">;

/** Each kind as it usually is; a test names what it is about. */
const USUAL: { readonly [K in Kind]?: Fields<K> } = {
  begun: {
    loopId: LOOP_ID,
    project: "/home/sam/code/notes",
    branch: `agent-loop/${LOOP_ID}`,
    baseBranch: "main",
    baseCommit: BASE,
    caps: {
      attemptsMax: 3,
      iterationsMax: 100,
      wallClockMaxMs: 12 * 3_600_000,
      tokensMax: null,
      costMaxUsd: 20,
      agentTimeMaxMs: 15 * 60_000,
    },
    tools: ["codex", "claude"],
    judge: "checks",
    docker: false,
    finish: { merge: false, push: false, pr: false },
  },
  planned: {
    ...ofFirst,
    iteration: 1,
    tool: "codex",
    storyKind: "code",
    reasons: ["Pure code goes to codex."],
    baseCommit: BASE,
  },
  implemented: { ...ofFirst, commit: COMMIT, files: ["src/slugify.ts"], problem: null },
  reviewed: {
    ...ofFirst,
    locked: {
      round: 1,
      files: [{ path: "test/slugify.test.ts", sha256: "0".repeat(64) }],
      tests: ["slugify lowers", "slugify throws"],
    },
    problem: null,
    failingLockedTests: [],
    checks: [],
    weakened: [],
  },
  judged: {
    ...ofFirst,
    tool: "codex",
    verdict: "PASS",
    reasons: [],
    failingTests: [],
    feedbackFile: null,
    by: "checks",
  },
  published: { storyId: "US-001", attempt: 1, commit: COMMIT, replaced: null },
  paused: { generation: 1, cause: "cost", reason: "20 of 20 US dollars are spent", until: null },
  cancelled: { reason: "the PRD was wrong", removeClone: false },
  ended: { generation: 1, outcome: "completed" },
  retro: { generation: 1, noteSlug: LOOP_ID },
};

/** `atS`: seconds after the loop has begun. */
export function fact<K extends Kind>(kind: K, fields: Partial<Fields<K>> = {}, atS = 0): Fact {
  const at = new Date(BEGUN_MS + atS * 1_000).toISOString();
  // What is left out comes from the table of the same kind, so the fact is whole.
  return withKey({ ...USUAL[kind], ...fields, kind, at } as unknown as KeylessFact);
}

export function agentLine(fields: Partial<AgentLine> = {}): AgentLine {
  return {
    key: "01RUN.implement.1",
    type: "agent",
    at: new Date(BEGUN_MS + 60_000).toISOString(),
    ...ofFirst,
    role: "implement",
    storyKind: "code",
    tool: "codex",
    model: "gpt-5-codex",
    durationMs: 62_000,
    inputTokens: 12_000,
    cachedTokens: 4_000,
    outputTokens: 345,
    costUsd: 0.42,
    exitCode: 0,
    end: "ok",
    reason: null,
    ...fields,
  };
}

export function verdictLine(fields: Partial<VerdictLine> = {}): VerdictLine {
  return {
    key: "verdict:US-001:1",
    type: "verdict",
    at: new Date(BEGUN_MS + 90_000).toISOString(),
    ...ofFirst,
    storyKind: "code",
    tool: "codex",
    verdict: "FAIL",
    failingTests: ["slugify throws"],
    reasons: ["1 test fails."],
    ...fields,
  };
}

export interface LoopContent {
  readonly loopId?: string;
  /** `begun` comes by itself unless it is among them. */
  readonly facts?: readonly Fact[];
  readonly attempts?: readonly (AgentLine | VerdictLine)[];
  readonly prd?: Prd;
}

export async function makeLoop(
  loopsFolder: string,
  content: LoopContent = {},
): Promise<LoopRecord> {
  const { loopId = LOOP_ID, facts = [], attempts = [] } = content;
  const record = openLoopRecord(loopPlaces(loopsFolder, loopId));
  await record.storePrd(content.prd ?? prd);
  const hasBegun = facts.some(({ kind }) => kind === "begun");
  for (const one of hasBegun ? facts : [fact("begun", { loopId }), ...facts]) {
    await record.append(one);
  }
  for (const line of attempts) await record.appendAttempt(line);
  return record;
}

/** The same in a folder of its own below `parent`, as it is `nowS` seconds after its beginning. */
export async function makeLoadedLoop(
  parent: string,
  content: LoopContent = {},
  nowS = 120,
): Promise<LoadedLoop> {
  const loopsFolder = await mkdtemp(join(parent, "loops-"));
  await makeLoop(loopsFolder, content);
  const loop = await loadLoop(loopsFolder, content.loopId ?? LOOP_ID, BEGUN_MS + nowS * 1_000);
  if (loop === null) throw new Error("the loop has not begun");
  return loop;
}
