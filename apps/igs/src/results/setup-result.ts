import { z } from "zod";
import type { Scaffolded } from "../scaffold/scaffold-worker.ts";
import { verifyResult } from "./verify-result.ts";

const tier = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const warnings = z.array(z.string());

const worker = z.object({
  kind: z.enum(["worker", "app"]),
  runtime: z.enum(["bun", "node", "hono", "express", "next"]),
  folder: z.string(),
  name: z.string(),
  port: z.number().nullable().describe("Null of an app, which has its own"),
  written: z.array(z.string()).describe("Files, relative to the folder"),
  linesToAdd: z.string().nullable().describe("To the file that makes the app"),
  commands: z.array(z.string()).describe("To be run in the folder, in their order"),
}) satisfies z.ZodType<Scaffolded>;

export const setupResult = z.union([
  z.object({
    tier,
    doneCount: z.number().describe("Steps that were not done already"),
    engineUrl: z.string(),
    vault: z.string(),
    settingsFile: z.string(),
    worker: worker.nullable().describe("That was written, with --worker"),
    checks: verifyResult.shape.checks.describe("Empty where nothing was started"),
    warnings,
  }),
  z
    .object({
      tier,
      ownWorker: z
        .object({ folder: z.string(), runtime: z.enum(["bun", "node"]).nullable() })
        .nullable()
        .describe("That would be written"),
      warnings,
      steps: z.array(z.object({ step: z.string(), isDone: z.boolean(), text: z.string() })),
    })
    .describe("With --dry-run"),
]);
