import { AttemptLineSchema } from "@system-bus/loops";
import { z } from "zod";
import {
  begun,
  loopMode,
  loopOutcome,
  loopReportShape,
  loopStatus,
  places,
  prdShape,
  spent,
  storyState,
  wantedStory,
} from "./loop-shape.ts";

const named = z.object({ loopId: z.string(), mode: loopMode });

export const loopListResult = z.object({
  loops: z
    .array(
      z.union([
        named.extend({
          title: z.string(),
          status: loopStatus,
          outcome: loopOutcome,
          project: z.string(),
          stories: z.number(),
          passed: z.number(),
          begunAt: z.string().describe("ISO 8601"),
          elapsedMs: z.number(),
          costUsd: z.number(),
        }),
        named.extend({ problem: z.string() }).describe("Of a damaged record"),
      ]),
    )
    .describe("The latest first, damaged ones last"),
});

export const loopStatusResult = loopReportShape;

export const loopShowResult = z.union([
  loopReportShape.extend({ mode: loopMode, prd: prdShape, begun, places }),
  z.object({ story: wantedStory, state: storyState }).describe("With a story's id"),
]);

export const loopAttemptsResult = z.object({
  loopId: z.string(),
  attempts: z.array(AttemptLineSchema).describe("Runs of agents, and verdicts; oldest first"),
  spent,
});
