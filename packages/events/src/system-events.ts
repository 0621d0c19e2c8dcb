// The system's own milestones: they end as lines of the system log.

import { eventType } from "inngest";
import { z } from "zod";
import { describeEvent } from "./catalogue-entry.ts";
import { line, runId, text } from "./fields.ts";

/** A moment of the schedule, or the run that a person has started. */
const beat = line(100);

export const systemLog = eventType("system/log", {
  schema: z.object({
    action: line(100).describe("What was done: a verb, such as deploy or backup"),
    tool: line(100).describe("What it was done with or to"),
    detail: text(10_000).describe("What a person should know of it later"),
    reason: text(10_000).optional().describe("Why it was done"),
  }),
});

export const runFailed = eventType("system/run.failed", {
  schema: z.object({
    functionId: line(200).describe("The function whose run failed for good"),
    runId: runId.describe("The run, to look at with `igs run`"),
    eventName: line(512).optional().describe("The event that had started it"),
    subject: line(4_096).optional().describe("What it was about: a title, an address, a slug"),
    error: text(10_000).describe("The last error's message"),
  }),
});

export const triggersAudit = eventType("system/triggers.audit", {
  schema: z.object({
    beat: beat.optional().describe("The heartbeat that asks; absent when a person does"),
  }),
});

export const functionsCheck = eventType("system/functions.check", {
  schema: z.object({
    beat: beat.optional().describe("The heartbeat that asks; absent when a person does"),
  }),
});

export const alert = eventType("system/alert", {
  schema: z.object({
    alert: line(500).describe("What it is about; the same words when it is well again"),
    state: z.enum(["raised", "cleared"]).describe("It stands from now on, or is well again"),
    title: line(500).describe("What is wrong, or well again, in one line"),
    detail: text(10_000).optional().describe("What a person should know of it, with what to do"),
  }),
});

export const notice = eventType("system/notify", {
  schema: z.object({
    title: line(500).describe("What a person reads first"),
    text: text(10_000).optional().describe("The rest of it"),
    isUrgent: z.boolean().optional().describe("Shown with a high priority where there is one"),
    isTest: z
      .boolean()
      .optional()
      .describe("Goes to each target at once, and its run says what each has answered"),
  }),
});

export const systemVerify = eventType("system/verify", {
  schema: z.object({
    pauseSeconds: z
      .int()
      .min(1)
      .max(60)
      .optional()
      .describe("How long the run sleeps between its two steps; not at all when absent"),
  }),
});

export const systemEntries = [
  describeEvent(systemLog, {
    area: "system",
    sentence: "Adds one line to the system log.",
    example: {
      action: "install",
      tool: "whisper-cpp",
      detail: "Installed 1.8.0 with the small model",
      reason: "Transcripts without a network",
    },
    sentBy: "anything: functions, scripts, a person",
    startsFunctions: ["system-logger"],
  }),
  describeEvent(runFailed, {
    area: "system",
    sentence: "A run failed for good: all its attempts are used, or none could help.",
    example: {
      functionId: "video-download",
      runId: "01K3ZJ4T1Q8X5V7N2M6B9C0D3E",
      eventName: "pipeline/video.download",
      subject: "https://example.org/talk.mp4",
      error: "yt-dlp: HTTP Error 404: Not Found",
    },
    sentBy: "the `onFailure` of the pipelines' functions",
    startsFunctions: ["system-logger"],
  }),
  describeEvent(triggersAudit, {
    area: "system",
    sentence: "Asks whether the engine has this worker's functions as the code has them.",
    example: { beat: "2026-11-24T08:15:00.000Z" },
    sentBy: "heartbeat; a person who wants to know now: `igs send system/triggers.audit`",
    startsFunctions: ["trigger-audit"],
  }),
  describeEvent(functionsCheck, {
    area: "system",
    sentence:
      "Asks whether functions with a schedule run when they should, and whether any only fail.",
    example: { beat: "2026-11-24T08:15:00.000Z" },
    sentBy: "heartbeat; a person who wants to know now: `igs send system/functions.check`",
    startsFunctions: ["function-health"],
  }),
  describeEvent(alert, {
    area: "system",
    sentence: "Something of the bus itself is wrong, or is well again. Sent once for each change.",
    example: {
      alert: "function-health/reports/nightly",
      state: "raised",
      title: "nightly of reports has missed its schedule twice",
      detail: "0 3 * * * was due at 2026-11-24T03:00:00.000Z: `igs runs --function nightly`",
    },
    sentBy: "heartbeat, trigger-audit, function-health",
    startsFunctions: ["notify"],
  }),
  describeEvent(notice, {
    area: "system",
    sentence: "Tells a person something, wherever they want to be told.",
    example: { title: "The backup is done", text: "412 GB in 3 h", isUrgent: false },
    sentBy: "anything: functions, scripts, a person; `igs notify test`",
    startsFunctions: ["notify"],
  }),
  describeEvent(systemVerify, {
    area: "system",
    sentence:
      "Tries whether functions run: two steps, with a pause between them where one is wanted.",
    example: { pauseSeconds: 2 },
    sentBy: "`igs verify`; nothing of it reaches vault or log",
    startsFunctions: ["system-verify"],
  }),
] as const;
