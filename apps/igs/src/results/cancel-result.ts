import type { Cancellation } from "@system-bus/inngest-api";
import { z } from "zod";

const cancellation = z.object({
  id: z.string(),
  appId: z.string().optional(),
  functionId: z.string().optional(),
  startedAfter: z.string().optional().describe("ISO 8601"),
  startedBefore: z.string().optional(),
  if: z.string().optional(),
  hasEnded: z.boolean().describe("False where it goes on by itself"),
  cancelledCount: z.number().optional(),
}) satisfies z.ZodType<Partial<Cancellation>>;

export const cancelResult = z.union([
  z.object({ runId: z.string() }).describe("With a run's id"),
  z
    .object({
      cancelled: z.number().describe("How many runs, so far"),
      cancellation: cancellation.optional().describe("Where there were any"),
    })
    .describe("With a choice of runs"),
]);
