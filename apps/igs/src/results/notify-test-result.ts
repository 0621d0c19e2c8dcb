import { z } from "zod";
import type { Told } from "../notify/wait-for-told.ts";

const told = z.object({
  target: z.string(),
  isReached: z.boolean(),
  words: z.string().describe("What it has answered"),
}) satisfies z.ZodType<Told>;

export const notifyTestResult = z.object({
  told: z.array(told).describe("Empty where no target is set"),
});
