import type { Run } from "@system-bus/inngest-api";
import { z } from "zod";

/** `UNKNOWN` stands for a status of a server that is newer than igs. */
export const runStatus = z.enum([
  "QUEUED",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "SKIPPED",
  "UNKNOWN",
]);

/** A run, as every command tells of it. */
export const runShape = z.object({
  id: z.string(),
  app: z.object({ id: z.string() }),
  function: z.object({ id: z.string(), name: z.string() }),
  status: runStatus,
  queuedAt: z.string().describe("ISO 8601"),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  durationMs: z.number().optional(),
  trigger: z.object({ eventIds: z.array(z.string()) }),
  originalRunId: z.string().optional().describe("The run that it repeats (embedded engine)"),
  output: z.unknown().optional().describe("What it returned, or its error"),
}) satisfies z.ZodType<Run>;
