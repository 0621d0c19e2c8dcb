// The system's own milestones: they end as lines of the system log.

import { eventType } from "inngest";
import { z } from "zod";
import { describeEvent } from "./catalogue-entry.ts";
import { line, runId, text } from "./fields.ts";

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
] as const;
