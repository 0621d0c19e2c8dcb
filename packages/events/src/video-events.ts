// Video ingest: pipeline/video.download → pipeline/transcript.process → content/summarize.

import { eventType } from "inngest";
import { z } from "zod";
import { describeEvent } from "./catalogue-entry.ts";
import {
  archivedTo,
  claimHandle,
  httpUrl,
  language,
  line,
  noteSlug,
  tags,
  transcriptSource,
  video,
} from "./fields.ts";

export const videoDownload = eventType("pipeline/video.download", {
  schema: z.object({
    url: httpUrl.describe("Where the video is: a page or a file, http or https"),
    title: line(1_000).optional().describe("Overrides the title that the source gives"),
    language: language.optional().describe("What is spoken, when the source does not say"),
    tags: tags.optional().describe("Tags for the note, beside those the pipeline sets"),
  }),
});

export const videoDownloaded = eventType("pipeline/video.downloaded", {
  schema: z.object({
    video,
    sizeBytes: z.int().nonnegative().describe("Size of the media file"),
    archivedTo: archivedTo.optional().describe("Where the archived copy lies; absent without one"),
  }),
});

const caption = z.object({
  file: claimHandle.describe("The caption file, SRT or VTT"),
  language: language.describe("Language of the captions"),
  isAutomatic: z.boolean().describe("Made by the source's machine, not by the author"),
});

export const transcriptProcess = eventType("pipeline/transcript.process", {
  schema: z.object({
    video,
    media: claimHandle.describe(
      "What to transcribe: the file, or a note of where under the media folder it lies",
    ),
    captions: z.array(caption).max(100).optional().describe("Caption files that came with it"),
    language: language.optional().describe("What is spoken, when it is known"),
    tags: tags.optional().describe("Tags for the note"),
    archivedTo: archivedTo.optional().describe("Where the archived copy lies"),
  }),
});

export const transcriptProcessed = eventType("pipeline/transcript.processed", {
  schema: z.object({
    video,
    noteSlug: noteSlug.describe("The note that holds it: file name without folder and ending"),
    transcript: claimHandle.describe("The transcript: {text, language, source, segments}"),
    source: transcriptSource.describe("What made the transcript"),
    language: language.optional().describe("Language of the transcript"),
    segmentCount: z.int().nonnegative().describe("Segments in the transcript"),
    wordCount: z.int().nonnegative().describe("Words in the transcript"),
    isDraft: z.boolean().describe("True when the source is known to be poor"),
  }),
});

const exampleVideo = {
  id: "youtube:dQw4w9WgXcQ",
  title: "How to build a nervous system",
  url: "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
  channel: "Example Talks",
  published: "2026-08-31",
  durationSeconds: 1_834.2,
};

const exampleRun = "01K3ZJ4T1Q8X5V7N2M6B9C0D3E";
const exampleSha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

export const videoEntries = [
  describeEvent(videoDownload, {
    area: "video",
    sentence: "Asks the bus to fetch a video and make a note of it.",
    example: { url: "https://www.youtube.com/watch?v=dQw4w9WgXcQ", tags: ["talks"] },
    sentBy: "a person: `igs send pipeline/video.download --url …`, or any program",
    startsFunctions: ["video-download"],
    aliases: ["pipeline/video.requested"],
  }),
  describeEvent(videoDownloaded, {
    area: "video",
    sentence: "A video is on this machine, and archived where an archive is set.",
    example: {
      video: exampleVideo,
      sizeBytes: 48_211_904,
      archivedTo: "ssh://nas/volume1/videos/how-to-build-a-nervous-system.mp4",
    },
    sentBy: "video-download",
    startsFunctions: ["system-logger"],
  }),
  describeEvent(transcriptProcess, {
    area: "video",
    sentence: "Asks for the transcript of a downloaded video, and for its note.",
    example: {
      video: exampleVideo,
      media: `claim:${exampleRun}/media.mp4#${exampleSha256}`,
      captions: [
        {
          file: `claim:${exampleRun}/captions.en.vtt#${exampleSha256}`,
          language: "en",
          isAutomatic: false,
        },
      ],
      language: "en",
      tags: ["talks"],
    },
    sentBy: "video-download",
    startsFunctions: ["transcript-process"],
    aliases: ["pipeline/transcript.requested"],
  }),
  describeEvent(transcriptProcessed, {
    area: "video",
    sentence: "A transcript was made, and its note is in the vault.",
    example: {
      video: exampleVideo,
      noteSlug: "how-to-build-a-nervous-system",
      transcript: `claim:${exampleRun}/transcript.json#${exampleSha256}`,
      source: "captions",
      language: "en",
      segmentCount: 412,
      wordCount: 4_870,
      isDraft: false,
    },
    sentBy: "transcript-process",
    startsFunctions: ["system-logger"],
  }),
] as const;
