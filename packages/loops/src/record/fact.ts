// A loop's record, `journal.jsonl`: one line a fact, appended and never changed.
//
//   R1. A fact has a key that is made of what it is about. A key that is there already is not taken
//       again: of two that say the same, the first counts. So a step that runs twice changes nothing.
//   R2. What a loop is, is what its facts come to (`fold-loop.ts`), and nothing else: no second place
//       holds its state. What agents used up stands in `attempts.jsonl` (`attempt-line.ts`).
//   R3. A fact is on the disk before anything follows from it, an event or a ref.
//   R4. A line that was torn by a crash is dropped, wherever it stands; the next one stands right behind
//       it. Any other line that can't be read is damage, and nothing goes on from a damaged record.

import { z } from "zod";

const at = z.iso.datetime().describe("When, UTC");
const generation = z.int().min(1);
const storyId = z.string();
const attempt = z.int().min(1);
const tool = z.enum(["codex", "claude", "pi"]);
const commit = z.string().regex(/^[0-9a-f]{40,64}$/);
const command = z.array(z.string()).min(1);

export const CapsSchema = z.object({
  attemptsMax: z.int(),
  iterationsMax: z.int(),
  /** From start to end, pauses left out. */
  wallClockMaxMs: z.int(),
  tokensMax: z.int().nullable(),
  costMaxUsd: z.number().nullable(),
  agentTimeMaxMs: z.int(),
});
/** What a loop may use up; null is no cap. */
export type Caps = z.infer<typeof CapsSchema>;

/** How one of the project's checks did. `failingTests` is null where its output doesn't name any. */
export const CheckResultSchema = z.object({
  command,
  exitCode: z.int().nullable(),
  endedBy: z.enum(["exit", "time-limit", "not-started"]),
  durationMs: z.number(),
  failingTests: z.array(z.string()).nullable(),
  /** First lines that say what is wrong, bounded. */
  firstErrors: z.array(z.string()),
  /** Its whole output, in the loop's scratch folder; relative to that. */
  outputFile: z.string(),
});
export type CheckResult = z.infer<typeof CheckResultSchema>;

/** What was found of the tests that the review wrote. */
export const LockedTestsSchema = z.object({
  /** Counts from 1; a second set is written at most once a story. */
  round: z.int().min(1),
  files: z.array(z.object({ path: z.string(), sha256: z.string() })).min(1),
  /** Names of its tests, as the runner says them. */
  tests: z.array(z.string()).min(1),
});
export type LockedTests = z.infer<typeof LockedTestsSchema>;

export const PauseCauseSchema = z.enum([
  "attempts",
  "iterations",
  "time",
  "tokens",
  "cost",
  "rate-limit",
  "needs-human",
  "trouble",
]);
export type PauseCause = z.infer<typeof PauseCauseSchema>;

export const VerdictSchema = z.enum([
  "PASS",
  /** The code is bad: another attempt with feedback, the next tool of the ladder. */
  "FAIL",
  /** The tests are bad: the same code stays, new tests are written; once a story. */
  "NEW_TESTS",
  /** It needs a story that hasn't passed yet: again at the end. */
  "LATER",
  "NEEDS_HUMAN",
]);
export type Verdict = z.infer<typeof VerdictSchema>;

const fact = <Kind extends string, Fields extends z.ZodRawShape>(kind: Kind, fields: Fields) =>
  z.object({ key: z.string().min(1), at, kind: z.literal(kind), ...fields });

export const FactSchema = z.discriminatedUnion("kind", [
  fact("begun", {
    loopId: z.string(),
    project: z.string(),
    branch: z.string(),
    /** The branch that the person had checked out. */
    baseBranch: z.string(),
    baseCommit: commit,
    /** Held to its schema when it is read: `prd.json` beside the journal. */
    caps: CapsSchema,
    /** The ladder: agents that are there, best first. */
    tools: z.array(tool).min(1),
    judge: z.enum(["model", "checks"]),
    docker: z.boolean(),
    finish: z.object({ merge: z.boolean(), push: z.boolean(), pr: z.boolean() }),
  }),
  fact("baseline", { checks: z.array(CheckResultSchema) }),
  fact("planned", {
    generation,
    iteration: z.int().min(1),
    storyId,
    attempt,
    tool,
    /** `code`, `ui`, `research`, `refactor`: what the playbook keeps count by. */
    storyKind: z.string(),
    reasons: z.array(z.string()),
    /** The branch's head when the story was taken up: where its tests are written. */
    baseCommit: commit,
  }),
  fact("implemented", {
    generation,
    storyId,
    attempt,
    /** The commit in the clone; null: nothing to review, `problem` says why. */
    commit: commit.nullable(),
    /** Paths of the commit. */
    files: z.array(z.string()),
    problem: z.string().nullable(),
  }),
  fact("reviewed", {
    generation,
    storyId,
    attempt,
    /** Null: no usable tests came about; `problem` says why. */
    locked: LockedTestsSchema.nullable(),
    problem: z.string().nullable(),
    /** The locked tests at the head: which failed; null where they were not run. */
    failingLockedTests: z.array(z.string()).nullable(),
    /** The project's checks at the head. */
    checks: z.array(CheckResultSchema),
    /** Sentences about tests and settings of the project that it changes: a check can be made to pass. */
    weakened: z.array(z.string()),
  }),
  fact("judged", {
    generation,
    storyId,
    attempt,
    tool,
    verdict: VerdictSchema,
    /** For people, one sentence each. */
    reasons: z.array(z.string()),
    failingTests: z.array(z.string()),
    /** What the next attempt is told, in the scratch folder; relative to that. Null on PASS. */
    feedbackFile: z.string().nullable(),
    /** By whom: the checks, a model, a person. */
    by: z.enum(["checks", "model", "person"]),
  }),
  fact("published", { storyId, attempt, commit, replaced: commit.nullable() }),
  fact("paused", {
    generation,
    cause: PauseCauseSchema,
    reason: z.string(),
    until: z.iso.datetime().nullable(),
  }),
  /** A provider's limit, or trouble of its own, is sat out: the same run goes on when it is over. */
  fact("held", {
    ...{ generation, role: z.string(), storyId, attempt, turn: z.int().min(1) },
    cause: PauseCauseSchema,
    reason: z.string(),
    until: z.iso.datetime(),
  }),
  fact("released", { generation, role: z.string(), storyId, attempt, turn: z.int().min(1) }),
  /** A new generation begins; a decision of a person's may stand behind it. */
  fact("resumed", { generation, caps: CapsSchema.nullable() }),
  /** A story that had failed, or that a person was asked for, is open again. */
  fact("reopened", { storyId, generation, reason: z.string() }),
  fact("cancelled", { reason: z.string().nullable(), removeClone: z.boolean() }),
  fact("ended", {
    generation,
    outcome: z.enum(["completed", "partial", "failed", "cancelled"]),
  }),
  fact("finished", {
    generation,
    merged: z.boolean(),
    pushed: z.boolean(),
    pullRequest: z.string().nullable(),
    problems: z.array(z.string()),
  }),
  fact("retro", { generation, noteSlug: z.string() }),
]);
export type Fact = z.infer<typeof FactSchema>;
export type FactOf<Kind extends Fact["kind"]> = Extract<Fact, { kind: Kind }>;
