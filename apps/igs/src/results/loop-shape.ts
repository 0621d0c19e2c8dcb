// A coding loop, as its commands tell of it.

import type { FactOf, LoopPlaces, Prd, Spent, StoryState } from "@system-bus/loops";
import { z } from "zod";
import type { loopReport } from "../loop/loop-report.ts";

const tool = z.enum(["codex", "claude", "pi"]);
const maybe = z.string().nullable();
const status = z.enum(["waiting", "running", "paused", "cancelled", "ended"]);
const storyStatus = z.enum([
  ...["open", "active", "later", "needs-human"],
  ...["passed", "failed", "skipped"],
] as const);
const outcome = z.enum(["completed", "partial", "failed", "cancelled"]).nullable();
const cause = z.enum([
  ...["attempts", "iterations", "time", "tokens"],
  ...["cost", "rate-limit", "needs-human", "trouble"],
] as const);
const verdict = z.enum(["PASS", "FAIL", "NEW_TESTS", "LATER", "NEEDS_HUMAN"]);

export const loopMode = z.enum(["dev", "start"]);
export const loopStatus = status;
export const loopOutcome = outcome.describe("Null while it is not over");

export const spent = z.object({
  agentRuns: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number(),
  unpricedRuns: z.number().describe("Runs whose cost nobody can tell"),
}) satisfies z.ZodType<Spent>;

const caps = z.object({
  attemptsMax: z.number(),
  iterationsMax: z.number(),
  wallClockMaxMs: z.number().describe("From start to end, pauses left out"),
  tokensMax: z.number().nullable().describe("Null is no cap"),
  costMaxUsd: z.number().nullable(),
  agentTimeMaxMs: z.number(),
});

const storyLine = z.object({
  id: z.string(),
  title: z.string(),
  status: storyStatus,
  tool: maybe.describe("Of the last attempt"),
  attempt: z.number().describe("The last one's number; 0 before the first one"),
  role: maybe.describe("Whose turn it is"),
  elapsedMs: z.number().describe("That agents took for it"),
  tokens: z.number(),
  costUsd: z.number(),
  commit: maybe,
});

const now = z.object({
  role: z.enum(["plan", "implement", "review", "judge"]),
  storyId: maybe,
  attempt: z.number().nullable(),
  tool: maybe,
  since: z.string(),
});

export const loopReportShape = z.object({
  loopId: z.string(),
  title: z.string(),
  status,
  outcome: loopOutcome,
  project: z.string(),
  branch: z.string(),
  baseBranch: z.string().describe("That was checked out when it began"),
  head: z.string().describe("Of its branch"),
  generation: z.number().describe("Goes up each time that it is resumed"),
  iteration: z.number(),
  begunAt: z.string().describe("ISO 8601"),
  elapsedMs: z.number().describe("Pauses left out"),
  caps,
  spent,
  now: now.nullable().describe("Whose turn it is; null when it stands still or is over"),
  stories: z.array(storyLine).readonly(),
  pause: z.object({ cause, reason: z.string(), until: maybe }).nullable(),
  waitsFor: z.string().describe("In a sentence"),
  finished: z
    .object({
      merged: z.boolean(),
      pushed: z.boolean(),
      pullRequest: maybe,
      problems: z.array(z.string()),
    })
    .nullable(),
  retrospective: maybe.describe("The note in the vault"),
  folder: z.string(),
}) satisfies z.ZodType<ReturnType<typeof loopReport>>;

function fact<K extends string, F extends z.ZodRawShape>(kind: K, fields: F) {
  const at = z.string().describe("ISO 8601");
  return z.object({ kind: z.literal(kind), key: z.string(), at, ...fields });
}

export const begun = fact("begun", {
  ...{ loopId: z.string(), project: z.string(), branch: z.string(), baseBranch: z.string() },
  ...{ baseCommit: z.string(), caps, tools: z.array(tool), judge: z.enum(["model", "checks"]) },
  ...{ docker: z.boolean() },
  finish: z.object({ merge: z.boolean(), push: z.boolean(), pr: z.boolean() }),
}) satisfies z.ZodType<FactOf<"begun">>;

const ofStory = { generation: z.number(), storyId: z.string(), attempt: z.number() };

const locked = z.object({
  round: z.number(),
  files: z.array(z.object({ path: z.string(), sha256: z.string() })),
  tests: z.array(z.string()),
});

const check = z.object({
  command: z.array(z.string()),
  exitCode: z.number().nullable(),
  endedBy: z.enum(["exit", "time-limit", "not-started"]),
  durationMs: z.number(),
  failingTests: z.array(z.string()).nullable(),
  firstErrors: z.array(z.string()),
  outputFile: z.string().describe("Relative to the loop's scratch folder"),
});

export const storyState = z.object({
  id: z.string(),
  status: storyStatus,
  attemptCount: z.number().describe("What attemptsMax caps"),
  lastAttempt: z.number(),
  planned: fact("planned", {
    ...{ ...ofStory, iteration: z.number(), tool, storyKind: z.string() },
    ...{ reasons: z.array(z.string()), baseCommit: z.string() },
  }).nullable(),
  implemented: fact("implemented", {
    ...{ ...ofStory, commit: maybe, files: z.array(z.string()), problem: maybe },
  }).nullable(),
  reviewed: fact("reviewed", {
    ...{ ...ofStory, locked: locked.nullable(), problem: maybe, checks: z.array(check) },
    ...{ failingLockedTests: z.array(z.string()).nullable(), weakened: z.array(z.string()) },
  }).nullable(),
  verdicts: z
    .array(
      fact("judged", {
        ...{ ...ofStory, tool, verdict, reasons: z.array(z.string()), feedbackFile: maybe },
        ...{ failingTests: z.array(z.string()), by: z.enum(["checks", "model", "person"]) },
      }),
    )
    .describe("Oldest first"),
  locked: locked.nullable(),
  testRounds: z.number(),
  published: fact("published", {
    ...{ storyId: z.string(), attempt: z.number(), commit: z.string(), replaced: maybe },
  }).nullable(),
}) satisfies z.ZodType<StoryState>;

export const wantedStory = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  acceptance_criteria: z.array(z.string()),
  priority: z.number(),
  depends_on: z.array(z.string()).optional(),
  interface: z.string().optional(),
  tool: tool.optional(),
}) satisfies z.ZodType<Prd["stories"][number]>;

export const prdShape = z.object({
  title: z.string(),
  description: z.string(),
  checks: z.array(z.array(z.string())).optional(),
  keep_tests: z.boolean().optional(),
  stories: z.array(wantedStory),
}) satisfies z.ZodType<Prd>;

export const places = z.object({
  loopId: z.string(),
  folder: z.string(),
  journal: z.string(),
  attempts: z.string(),
  prd: z.string(),
  clone: z.string().describe("The implementor's checkout"),
  review: z.string().describe("The reviewer's"),
  scratch: z.string(),
}) satisfies z.ZodType<LoopPlaces>;
