// `attempts.jsonl` of a loop: one line for each run of an agent, and one for each verdict. The planner,
// the caps and the retrospective read what really happened here (field lesson 23: a retrospective that
// credits the reviewer's tool with the implementor's result). Rules R1 and R4 of `fact.ts` hold.

import { z } from "zod";
import { VerdictSchema } from "./fact.ts";

const tool = z.enum(["codex", "claude", "pi"]);

export const RoleSchema = z.enum(["prd", "implement", "review", "judge"]);
export type Role = z.infer<typeof RoleSchema>;

export const AgentLineSchema = z.object({
  /** Of the program that ran: `<runId>.<step>.<attempt>`. */
  key: z.string().min(1),
  type: z.literal("agent"),
  at: z.iso.datetime(),
  generation: z.int().min(1),
  role: RoleSchema,
  storyId: z.string(),
  attempt: z.int().min(1),
  storyKind: z.string(),
  /** The one that really ran. */
  tool,
  model: z.string().nullable(),
  durationMs: z.number(),
  inputTokens: z.int(),
  cachedTokens: z.int(),
  outputTokens: z.int(),
  /** By the agent, else by the price table; null where neither can tell. */
  costUsd: z.number().nullable(),
  exitCode: z.int().nullable(),
  /** `ok`, `capped`, `lost`, or a kind of failure of `packages/agents`. */
  end: z.string(),
  reason: z.string().nullable(),
});
export type AgentLine = z.infer<typeof AgentLineSchema>;

export const VerdictLineSchema = z.object({
  key: z.string().min(1),
  type: z.literal("verdict"),
  at: z.iso.datetime(),
  generation: z.int().min(1),
  storyId: z.string(),
  attempt: z.int().min(1),
  storyKind: z.string(),
  /** Who implemented it. */
  tool,
  verdict: VerdictSchema,
  failingTests: z.array(z.string()),
  reasons: z.array(z.string()),
});
export type VerdictLine = z.infer<typeof VerdictLineSchema>;

export const AttemptLineSchema = z.discriminatedUnion("type", [AgentLineSchema, VerdictLineSchema]);
export type AttemptLine = z.infer<typeof AttemptLineSchema>;
