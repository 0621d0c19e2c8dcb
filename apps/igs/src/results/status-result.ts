import { z } from "zod";
import { ProgramSchema } from "../follow/program-feed.ts";
import type { Problem, StatusFindings } from "../status/status-report.ts";

const engine = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({
    kind: z.literal("embedded"),
    version: z.string().nullable(),
    isDev: z.boolean().nullable(),
    latencyMs: z.number(),
  }),
  z.object({
    kind: z.literal("inngest"),
    version: z.string().nullable(),
    latencyMs: z.number(),
  }),
  z.object({ kind: z.literal("other"), description: z.string() }),
]);

export const statusResult = z.object({
  engineChoice: z.string().describe("INNGEST_BASE_URL, or the value of BUS_ENGINE"),
  engineUrl: z.string(),
  engine,
  workerOrigin: z.string(),
  worker: z
    .object({
      functionCount: z.number(),
      problems: z.array(z.string()),
      beatAgeMs: z.number().nullable().describe("Since the last heartbeat ended"),
    })
    .nullable()
    .describe("Null where none answers"),
  registeredCount: z.number().nullable().describe("Functions that the engine knows"),
  registrationError: z.object({ message: z.string(), fix: z.string() }).nullable(),
  programs: z.array(ProgramSchema).nullable(),
  vault: z.object({ path: z.string(), state: z.enum(["writable", "read-only", "missing"]) }),
  log: z.object({
    file: z.string(),
    lastAt: z.string().nullable(),
    ageMs: z.number().nullable(),
    problem: z.string().nullable().describe("Why it can't be read"),
  }),
  warnings: z.array(z.string()),
  problems: z
    .array(
      z.object({
        part: z.enum(["engine", "worker", "registration", "vault", "log", "settings"]),
        problem: z.string(),
        fix: z.string(),
      }),
    )
    .describe("Worst first; empty when all is well"),
}) satisfies z.ZodType<StatusFindings & { readonly problems: readonly Problem[] }>;
