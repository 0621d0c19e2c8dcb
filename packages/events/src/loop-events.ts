// Coding loops: agent/loop.start → plan → implement → review → judge → plan … → complete → retro.
//
//   L1. Each id is made of loop, story, attempt, role and generation, so that a repeated send starts
//       nothing twice, and a resumed loop (a new generation) is not swallowed.
//   L2. `project` is a path, against rule F2 of `fields.ts`: the concurrency key of the seeds needs it.
//       Nobody opens it before it was held to LOOP_PROJECTS and to the loop's own record.

import { eventType } from "inngest";
import { z } from "zod";
import { describeEvent } from "./catalogue-entry.ts";
import { line, noteSlug, text } from "./fields.ts";
import { agentName, prd, storyId } from "./prd.ts";

const loopId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,63}$/,
    "must be a loop's id: lower-case letters, digits and “-”, at most 64",
  );

const project = z
  .string()
  .max(4_096)
  .regex(/^\/[^\p{Cc}]*$/u, "must be the absolute path of the project")
  .describe("Real path of the person's repository");

/** Counts from 1; each resume adds one. */
const generation = z
  .int()
  .min(1)
  .max(10_000)
  .describe("Which life of the loop: each resume adds one");
const attempt = z.int().min(1).max(100).describe("Which attempt at the story, from 1");

const ofLoop = { loopId: loopId.describe("The loop"), project, generation };
const ofStory = { ...ofLoop, storyId: storyId.describe("The story"), attempt };

/** What a loop may use up. A cap that is left out has its default (`packages/loops`, `caps.ts`). */
const caps = z.strictObject({
  attemptsMax: z.int().min(1).max(20).optional().describe("Attempts at one story"),
  iterationsMax: z.int().min(1).max(10_000).optional().describe("Attempts in the whole loop"),
  wallClockMaxMs: z.int().min(1_000).optional().describe("Time from start to end, pauses left out"),
  tokensMax: z.int().min(1).optional().describe("Tokens in and out, of all agents together"),
  costMaxUsd: z.number().positive().optional().describe("Money, by the agents or the price table"),
  agentTimeMaxMs: z.int().min(1_000).max(7_200_000).optional().describe("One run of an agent"),
});

export const loopStart = eventType("agent/loop.start", {
  schema: z.object({
    ...ofLoop,
    prd: prd.describe("What is to be built"),
    tools: z
      .array(agentName)
      .min(1)
      .max(3)
      .optional()
      .describe("Agents that may be used, best first"),
    caps: caps.optional().describe("What it may use up"),
    judge: z.enum(["model", "checks"]).optional().describe("Whether a model is asked, too"),
    docker: z.boolean().optional().describe("Run agents in containers"),
    finish: z
      .strictObject({
        merge: z.boolean().optional().describe("Merge the branch into the one it began at"),
        push: z.boolean().optional().describe("Push the branch to its remote, or origin"),
        pr: z.boolean().optional().describe("Open a pull request with gh"),
      })
      .optional()
      .describe("What is done with the branch at the end; nothing, if left out"),
  }),
});

/** A person's word on the loop, when it is taken up again. */
const decision = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("resume"), caps: caps.optional() }),
  z.strictObject({ kind: z.literal("retry"), storyId }),
  z.strictObject({ kind: z.literal("approve"), storyId }),
  z.strictObject({ kind: z.literal("reject"), storyId, reason: text(10_000) }),
]);

export const loopPlan = eventType("agent/loop.plan", {
  schema: z.object({
    ...ofLoop,
    iteration: z.int().min(1).max(100_000).describe("Which choice of a story, from 1"),
    decision: decision.optional().describe("What a person has decided; absent between roles"),
  }),
});

export const loopImplement = eventType("agent/loop.implement", {
  schema: z.object({
    ...ofStory,
    tool: agentName.describe("The agent that the planner has chosen"),
  }),
});

export const loopReview = eventType("agent/loop.review", { schema: z.object(ofStory) });
export const loopJudge = eventType("agent/loop.judge", { schema: z.object(ofStory) });

const told = {
  ...ofStory,
  title: line(300).describe("The story's title"),
  tool: agentName.describe("Who implemented it"),
};

export const loopStoryPassed = eventType("agent/loop.story.passed", {
  schema: z.object({
    ...told,
    commit: z
      .string()
      .regex(/^[0-9a-f]{40,64}$/)
      .describe("The commit in the loop's branch"),
  }),
});

export const loopStoryFailed = eventType("agent/loop.story.failed", {
  schema: z.object({ ...told, reason: text(2_000).describe("Why no further attempt is made") }),
});

export const loopStoryRetried = eventType("agent/loop.story.retried", {
  schema: z.object({ ...told, reason: text(2_000).describe("What was wrong with the attempt") }),
});

const stories = z.object({
  passed: z.int().nonnegative().describe("Passed, and in the branch"),
  failed: z.int().nonnegative().describe("Given up"),
  open: z.int().nonnegative().describe("Never decided"),
});

export const loopComplete = eventType("agent/loop.complete", {
  schema: z.object({
    ...ofLoop,
    outcome: z
      .enum(["completed", "partial", "failed", "cancelled"])
      .describe("All stories passed, some, none; or a person ended it"),
    stories: stories.describe("How many came to what"),
  }),
});

export const loopRetro = eventType("agent/loop.retro", { schema: z.object(ofLoop) });

export const loopRetroComplete = eventType("agent/loop.retro.complete", {
  schema: z.object({
    ...ofLoop,
    noteSlug: noteSlug.describe("The retrospective under system/retrospectives in the vault"),
    summary: line(1_000).describe("The loop in one line"),
  }),
});

export const loopCancel = eventType("agent/loop.cancel", {
  schema: z.object({
    loopId: loopId.describe("The loop to end"),
    reason: line(1_000).optional().describe("Why"),
    removeClone: z.boolean().optional().describe("Remove its clone, too"),
  }),
});

export const loopCancelled = eventType("agent/loop.cancelled", {
  schema: z.object({ ...ofLoop, reason: line(1_000).optional().describe("Why") }),
});

export const loopPaused = eventType("agent/loop.paused", {
  schema: z.object({
    ...ofLoop,
    cause: z
      .enum([
        "attempts",
        "iterations",
        "time",
        "tokens",
        "cost",
        "rate-limit",
        "needs-human",
        "trouble",
      ])
      .describe("What stands in its way"),
    reason: text(2_000).describe("For a person, with what to do"),
    until: z.iso.datetime().optional().describe("When it goes on by itself; else a person has to"),
  }),
});

const exampleLoop = {
  loopId: "slugify-20261124-7f3a",
  project: "/home/sam/code/notes",
  generation: 1,
};
const exampleStory = { ...exampleLoop, storyId: "US-001", attempt: 1 };
const exampleTold = { ...exampleStory, title: "Make slugs of titles", tool: "codex" } as const;
const COMMIT = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

export const loopEntries = [
  describeEvent(loopStart, {
    area: "loop",
    sentence: "Starts a coding loop: a PRD's stories become reviewed commits on a branch.",
    example: {
      ...exampleLoop,
      prd: {
        title: "Slugs",
        description: "Notes get addresses that people can read.",
        checks: [["bun", "test"]],
        stories: [
          {
            id: "US-001",
            title: "Make slugs of titles",
            description: "A function that turns a title into a slug.",
            acceptance_criteria: ["`Hello, World!` becomes `hello-world`", "An empty title throws"],
            priority: 1,
            interface: "src/slugify.ts exports `slugify(title: string): string`",
          },
        ],
      },
      caps: { attemptsMax: 3, costMaxUsd: 5 },
    },
    sentBy: "`igs loop start`",
    startsFunctions: ["agent-loop-plan"],
  }),
  describeEvent(loopPlan, {
    area: "loop",
    sentence: "Asks the planner for the loop's next step, or hands it what a person has decided.",
    example: { ...exampleLoop, iteration: 2 },
    sentBy: "agent-loop-judge; `igs loop resume`, `retry`, `approve`, `reject`",
    startsFunctions: ["agent-loop-plan"],
  }),
  describeEvent(loopImplement, {
    area: "loop",
    sentence: "Asks an agent to implement a story.",
    example: { ...exampleStory, tool: "codex" },
    sentBy: "agent-loop-plan",
    startsFunctions: ["agent-loop-implement"],
  }),
  describeEvent(loopReview, {
    area: "loop",
    sentence: "Asks for tests of a story that was implemented, and for all checks.",
    example: exampleStory,
    sentBy: "agent-loop-implement",
    startsFunctions: ["agent-loop-review"],
  }),
  describeEvent(loopJudge, {
    area: "loop",
    sentence: "Asks whether an attempt at a story passes.",
    example: exampleStory,
    sentBy: "agent-loop-review, or agent-loop-implement when there is nothing to review",
    startsFunctions: ["agent-loop-judge"],
  }),
  describeEvent(loopStoryPassed, {
    area: "loop",
    sentence: "A story has passed; its commit is in the loop's branch of the person's repository.",
    example: { ...exampleTold, commit: COMMIT },
    sentBy: "agent-loop-judge",
    startsFunctions: ["system-logger"],
  }),
  describeEvent(loopStoryFailed, {
    area: "loop",
    sentence: "A story has failed: no further attempt is made.",
    example: { ...exampleTold, attempt: 3, reason: "2 tests fail: slugify > keeps umlauts, …" },
    sentBy: "agent-loop-judge",
    startsFunctions: ["system-logger"],
  }),
  describeEvent(loopStoryRetried, {
    area: "loop",
    sentence: "An attempt at a story has failed, and another one follows.",
    example: { ...exampleTold, reason: "1 test fails: slugify > keeps umlauts" },
    sentBy: "agent-loop-judge",
    startsFunctions: [],
  }),
  describeEvent(loopComplete, {
    area: "loop",
    sentence: "A loop is over: its branch is left for its person.",
    example: { ...exampleLoop, outcome: "completed", stories: { passed: 1, failed: 0, open: 0 } },
    sentBy: "agent-loop-plan",
    startsFunctions: ["agent-loop-complete"],
  }),
  describeEvent(loopRetro, {
    area: "loop",
    sentence: "Asks for the retrospective of a loop that is over.",
    example: exampleLoop,
    sentBy: "agent-loop-complete",
    startsFunctions: ["agent-loop-retro"],
  }),
  describeEvent(loopRetroComplete, {
    area: "loop",
    sentence: "A loop's retrospective is in the vault, and the playbook has learned from it.",
    example: {
      ...exampleLoop,
      noteSlug: "slugify-20261124-7f3a",
      summary: "1 of 1 stories passed in 1 attempt, 0.12 US dollars",
    },
    sentBy: "agent-loop-retro",
    startsFunctions: ["system-logger", "notify"],
  }),
  describeEvent(loopCancel, {
    area: "loop",
    sentence: "Ends a loop: its agent is stopped, what has passed stays in the branch.",
    example: { loopId: "slugify-20261124-7f3a", reason: "The PRD was wrong" },
    sentBy: "`igs loop cancel`",
    startsFunctions: ["agent-loop-plan"],
  }),
  describeEvent(loopCancelled, {
    area: "loop",
    sentence: "A loop was ended by a person.",
    example: { ...exampleLoop, reason: "The PRD was wrong" },
    sentBy: "agent-loop-plan",
    startsFunctions: [],
  }),
  describeEvent(loopPaused, {
    area: "loop",
    sentence: "A loop stands still, with everything kept.",
    example: {
      ...exampleLoop,
      cause: "cost",
      reason:
        "4.98 of 5 US dollars are spent: `igs loop resume slugify-20261124-7f3a --cost-max 10` goes on",
    },
    sentBy: "any role of the loop",
    startsFunctions: ["system-logger", "notify"],
  }),
] as const;
