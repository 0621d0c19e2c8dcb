import type { Finding, SpaceUse } from "@system-bus/engine";
import { z } from "zod";

const findings = z.array(
  z.object({
    rule: z.string(),
    meaning: z.string(),
    ids: z.array(z.string()).describe("The first few"),
    count: z.number(),
    isRepairable: z.boolean().describe("By `igs engine check --repair`"),
  }) satisfies z.ZodType<Finding>,
);

const runs = z.number();
const unfinishedRuns = z.number();

export const engineCheckResult = z.object({
  file: z.string(),
  schemaVersion: z.number(),
  runs,
  unfinishedRuns,
  findings: findings.describe("Empty when all is well"),
  repairs: z
    .array(z.object({ rule: z.string(), count: z.number() }))
    .describe("What --repair has put right"),
});

export const engineBackupResult = z.object({
  file: z.string(),
  from: z.string().describe("A folder, or the address of an engine that runs"),
  sizeBytes: z.number(),
  runs,
  unfinishedRuns,
  findings: findings.describe("Of the backup; empty when all is well"),
});

const spaceUse = z.object({
  fileBytes: z.number(),
  freeBytes: z.number().describe("Inside of the file, for rows to come"),
  logBytes: z.number().describe("The write-ahead log beside it"),
}) satisfies z.ZodType<SpaceUse>;

export const engineCompactResult = z.object({
  before: spaceUse,
  after: spaceUse,
  isStopped: z.boolean().describe("Whether the engine was"),
  givesBack: z.boolean().describe("Whether the file gives room back by itself from now on"),
});
