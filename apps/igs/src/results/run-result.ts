import { z } from "zod";
import { runShape, runStatus } from "./run-shape.ts";

const attempt = z.object({
  status: runStatus,
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  queueMs: z.number().optional().describe("From when its call was due until it began"),
});

const step = z.object({
  key: z.string().describe("The step's id in the trace, or its span's"),
  name: z.string(),
  op: z.string().optional().describe("Such as RUN, SLEEP, WAIT_FOR_EVENT, INVOKE"),
  status: runStatus,
  attempts: z.array(attempt),
  failedAttempts: z.array(
    z.object({
      spanId: z.string(),
      error: z.object({ name: z.string(), message: z.string() }),
    }),
  ),
  queuedAt: z.string().optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  durationMs: z.number().optional(),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  get invoked() {
    return runResult
      .nullable()
      .optional()
      .describe("Of a step that invoked a function: that run; null where the engine doesn't tell");
  },
});

export const runResult = z.object({
  run: runShape,
  steps: z.array(step).describe("In the order in which they began"),
});
