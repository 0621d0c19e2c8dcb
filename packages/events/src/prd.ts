// A PRD as `igs loop start` sends it: its content, never its path.

import { z } from "zod";
import { line, text } from "./fields.ts";

export const agentName = z.enum(["codex", "claude", "pi"]);

/** Goes into branch trailers, file names and step ids. */
export const storyId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "must be a story's id: letters, digits, “.”, “-” and “_”, at most 64, such as US-001",
  );

/** A program and its arguments, as they are: no shell reads them. */
const command = z.array(z.string().min(1).max(4_096)).min(1).max(64);

const story = z.strictObject({
  id: storyId.describe("What the story is called in commits, events and commands"),
  title: line(300).describe("What it is about, in one line"),
  description: text(20_000).describe("What is wanted, and why"),
  acceptance_criteria: z
    .array(text(4_000))
    .min(1, "needs at least one criterion that a test can hold the story to")
    .max(50)
    .describe("What has to hold when it is done; the tests are written from these"),
  priority: z.number().describe("The lower comes first, as in “priority 1”"),
  depends_on: z.array(storyId).max(50).optional().describe("Stories that must have passed before"),
  interface: text(20_000)
    .optional()
    .describe("Names, signatures, paths that the story has to provide, for tests to call"),
  tool: agentName.optional().describe("The agent that implements it, whatever its signals say"),
});

/** Without the rules between stories: `readPrd` of `packages/loops` holds those. */
export const prd = z.strictObject({
  title: line(300).describe("What is to be built"),
  description: text(50_000).describe("The whole, for those who see one story of it"),
  checks: z
    .array(command)
    .max(20)
    .optional()
    .describe(
      "The project's own checks, each a program with its arguments; found by itself if absent",
    ),
  keep_tests: z
    .boolean()
    .optional()
    .describe("Whether the tests of the reviews stay in the branch; they are left out otherwise"),
  stories: z
    .array(story)
    .min(1, "needs at least one story")
    .max(100)
    .describe("What is done, one after the other"),
});
