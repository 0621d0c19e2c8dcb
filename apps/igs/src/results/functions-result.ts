import { z } from "zod";
import type { FunctionWithHealth } from "../functions/function-health.ts";
import { runStatus } from "./run-shape.ts";

const concurrencyLimit = z.object({
  key: z.string().optional(),
  limit: z.object({ value: z.number(), isPlanLimit: z.boolean() }).optional(),
  scope: z.string().optional(),
});

const health = z.object({
  lastRun: z.object({ id: z.string(), status: runStatus, queuedAt: z.string() }).nullable(),
  endedCount: z.number().describe("Of the last runs, those that ended by themselves"),
  failedCount: z.number(),
  nextCronAt: z.string().nullable().describe("When a schedule fires next (embedded engine)"),
});

const listedFunction = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string().optional(),
  app: z.object({ id: z.string() }),
  triggers: z.array(
    z.object({ type: z.string(), value: z.string(), nextAt: z.string().optional() }),
  ),
  configuration: z
    .object({
      concurrency: z.array(concurrencyLimit).optional(),
      retries: z.object({ value: z.number(), isDefault: z.boolean() }).optional(),
    })
    .optional(),
  pause: z
    .object({ pausedAt: z.string(), holdsRuns: z.boolean() })
    .optional()
    .describe("While it is paused (embedded engine)"),
  problem: z.string().optional().describe("Why the engine never starts it (embedded engine)"),
  health,
}) satisfies z.ZodType<FunctionWithHealth>;

export const functionsResult = z.object({ functions: z.array(listedFunction) });
