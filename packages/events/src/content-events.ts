// Content: a note's summary is asked for, and was written.

import { eventType } from "inngest";
import { z } from "zod";
import { describeEvent } from "./catalogue-entry.ts";
import { claimHandle, httpUrl, line, noteSlug, summarySource, text, videoId } from "./fields.ts";

export const contentSummarize = eventType("content/summarize", {
  schema: z.object({
    noteSlug: noteSlug.describe("The note to enrich"),
    videoId: videoId.optional().describe("The identity that the note must carry, when it is known"),
    transcript: claimHandle
      .optional()
      .describe("The transcript with its exact times; without it, what the note itself shows"),
    prompt: text(10_000).optional().describe("What this summary should look at in particular"),
  }),
});

export const contentSummarized = eventType("content/summarized", {
  schema: z.object({
    noteSlug: noteSlug.describe("The note that was enriched"),
    videoId: videoId.optional().describe("The note's identity"),
    title: line(1_000).describe("The note's title"),
    summarizedBy: summarySource.describe("What wrote the summary"),
    model: line(200).optional().describe("The model that was asked, when one was"),
    research: z.array(httpUrl).max(100).optional().describe("Pages that were read for it"),
  }),
});

export const contentEntries = [
  describeEvent(contentSummarize, {
    area: "content",
    sentence: "Asks for the summary of a note that holds a transcript.",
    example: {
      noteSlug: "how-to-build-a-nervous-system",
      videoId: "youtube:dQw4w9WgXcQ",
      prompt: "What does the speaker say about retries?",
    },
    sentBy: "transcript-process, or a person who wants a summary written again",
    startsFunctions: ["content-summarize"],
    aliases: ["content/summarize.requested"],
  }),
  describeEvent(contentSummarized, {
    area: "content",
    sentence: "A note's summary was written; transcript and frontmatter are unchanged.",
    example: {
      noteSlug: "how-to-build-a-nervous-system",
      videoId: "youtube:dQw4w9WgXcQ",
      title: "How to build a nervous system",
      summarizedBy: "pi",
      model: "claude-sonnet",
      research: ["https://example.org/speaker"],
    },
    sentBy: "content-summarize",
    startsFunctions: ["system-logger", "notify"],
  }),
] as const;
