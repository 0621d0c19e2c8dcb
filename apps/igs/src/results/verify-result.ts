import { z } from "zod";
import { CHECK_IDS, type CheckResult } from "../verify/check-result.ts";

interface VerifyResult {
  readonly checks: readonly CheckResult[];
  readonly summary: string;
}

const check = z.object({
  id: z.enum(CHECK_IDS),
  text: z.string().describe("What was seen, or why it was not looked at"),
  evidence: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
  ),
  tookMs: z.number(),
});

export const verifyResult = z.object({
  checks: z.array(
    z.discriminatedUnion("state", [
      check.extend({ state: z.literal("well"), cure: z.null() }),
      check.extend({ state: z.literal("failed"), cure: z.string() }),
      check.extend({
        state: z.literal("not-checked"),
        cure: z.string().nullable().describe("How it could be checked"),
      }),
    ]),
  ),
  summary: z.string(),
}) satisfies z.ZodType<VerifyResult>;
