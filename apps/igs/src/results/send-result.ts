import { z } from "zod";
import { runStatus } from "./run-shape.ts";

export const sendResult = z.object({
  name: z.string().optional().describe("Where all events have one name"),
  count: z.number().describe("How many the engine has acknowledged"),
  eventIds: z.array(z.string()).describe("In the order in which they were sent"),
  warnings: z.array(z.string()),
  runs: z
    .array(
      z.object({
        runId: z.string(),
        functionId: z.string(),
        status: runStatus,
        durationMs: z.number().optional(),
        output: z.unknown().optional(),
      }),
    )
    .optional()
    .describe("With --wait and --follow: what was started"),
});
