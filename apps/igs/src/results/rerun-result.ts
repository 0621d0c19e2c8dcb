import { z } from "zod";
import type { Failure } from "../output/failure.ts";

const repeated = z.object({
  runId: z.string().describe("The new run"),
  rerunOf: z.string(),
});

const reason = z.object({
  code: z.string().describe("As `error.code` of an envelope"),
  message: z.string(),
  fix: z.string(),
}) satisfies z.ZodType<Record<keyof Failure, string>>;

export const rerunResult = z.union([
  repeated.describe("With a run's id"),
  z
    .object({
      reruns: z.array(repeated).describe("Oldest first"),
      refused: z.array(z.object({ rerunOf: z.string(), reason })),
    })
    .describe("With a choice of runs"),
]);
