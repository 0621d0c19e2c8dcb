import { z } from "zod";
import { runStatus } from "./run-shape.ts";

export const invokeResult = z.object({
  runId: z.string(),
  functionId: z.string().optional().describe("Left out where --wait ended before the run"),
  status: runStatus.optional().describe("With --wait"),
  durationMs: z.number().optional(),
  output: z.unknown().optional().describe("What it returned, or its error"),
});
