import type { LogEntry, LogStats, LogValidation } from "@system-bus/system-log";
import { z } from "zod";

const file = z.string().describe("The log's");

const entry = z.object({
  timestamp: z.string().describe("ISO 8601, with its zone"),
  action: z.string(),
  tool: z.string(),
  detail: z.string(),
  reason: z.string().optional(),
  eventId: z.string().optional().describe("Of the event that it tells of"),
}) satisfies z.ZodType<LogEntry>;

const entries = z.array(entry).describe("Newest last");

export const logTailResult = z.union([
  z.object({ file, entries }),
  z.object({
    file,
    toldCount: z.number().describe("With --follow: the entries are lines of their own"),
  }),
]);

export const logSearchResult = z.object({
  file,
  entries,
  hasMore: z.boolean().describe("Whether older ones fit, too"),
});

const wordCounts = z.array(z.object({ word: z.string(), count: z.number() }));

export const logStatsResult = z.object({
  file,
  count: z.number().describe("Entries that fit"),
  problemCount: z.number().describe("Lines that are no entries, whatever was asked for"),
  firstAt: z.string().nullable(),
  lastAt: z.string().nullable(),
  ageMs: z.number().nullable().describe("Of the last one"),
  actions: wordCounts.describe("The commonest first"),
  tools: wordCounts.describe("The commonest first"),
  days: wordCounts.describe("Local days with an entry, the newest first"),
}) satisfies z.ZodType<LogStats>;

export const logValidateResult = z.object({
  file,
  entryCount: z.number(),
  problemCount: z.number(),
  problems: z
    .array(z.object({ line: z.number().describe("From 1"), reason: z.string() }))
    .describe("The first thousand"),
}) satisfies z.ZodType<LogValidation>;

export const logWriteResult = z.object({ file, entry });
