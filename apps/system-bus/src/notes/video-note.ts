import type { Transcript } from "../video/transcript.ts";
import { DRAFT_SOURCES } from "../video/transcript-plan.ts";
import { durationText } from "./clock-text.ts";
import { writeFrontmatter } from "./frontmatter.ts";
import { oneLine, oneMarkdownLine } from "./plain-text.ts";
import { SUMMARY_END, SUMMARY_START } from "./summary-marks.ts";
import { transcriptLines } from "./transcript-lines.ts";

export interface NotedVideo {
  /** `extractor:id`, the identity of the note. */
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly channel: string | null;
  /** `YYYY-MM-DD`. */
  readonly published: string | null;
  readonly durationSeconds: number | null;
  /** Where the video file is kept for good. */
  readonly archivedAt: string | null;
}

export interface VideoNoteInput {
  readonly video: NotedVideo;
  readonly transcript: Transcript;
  /** The local day, `YYYY-MM-DD`. */
  readonly transcribedOn: string;
  /** The sender's own tags. */
  readonly tags: readonly string[];
}

/** How a reader is told where the words come from; a draft is not to be trusted word by word. */
const SOURCE_WORDS: Readonly<Record<string, string>> = {
  captions: "the author's captions",
  "auto-captions": "the site's automatic captions",
};

/** Stands between the marks until a summary does. */
export const NOT_SUMMARISED = "*Not summarised yet.*";

export function isDraft({ source }: Pick<Transcript, "source">): boolean {
  return DRAFT_SOURCES.includes(source);
}

/** The whole note, as it is first written. Pure: the same input gives the same bytes. */
export function composeVideoNote({
  video,
  transcript,
  transcribedOn,
  tags,
}: VideoNoteInput): string {
  const frontmatter = writeFrontmatter({
    type: "video",
    source: video.url,
    channel: video.channel,
    published: video.published,
    duration: video.durationSeconds === null ? null : durationText(video.durationSeconds),
    nas_path: video.archivedAt,
    transcribed: transcribedOn,
    tags: [...new Set(["video", "transcript", ...(isDraft(transcript) ? ["draft"] : []), ...tags])],
    id: video.id,
  });
  const body = [
    "",
    `# ${oneMarkdownLine(video.title) || oneLine(video.id)}`,
    "",
    ...sourceLines(video, transcript),
    "",
    SUMMARY_START,
    "## Executive Summary",
    "",
    NOT_SUMMARISED,
    SUMMARY_END,
    "",
    "## Full Transcript",
    "",
    ...transcriptLines(transcript.segments),
    "",
  ];
  return frontmatter + body.join("\n");
}

function sourceLines(video: NotedVideo, transcript: Transcript): string[] {
  const facts = [
    video.channel ? oneMarkdownLine(video.channel) : null,
    video.published,
    video.durationSeconds === null ? null : durationText(video.durationSeconds),
  ].filter((fact) => fact !== null && fact !== "");
  const words = SOURCE_WORDS[transcript.source] ?? transcript.source;
  const lines = [
    "> [!info] Source",
    `> <${video.url.replace(/[<>\s]/g, encodeURIComponent)}>`,
    ...(facts.length > 0 ? [`> ${facts.join(" · ")}`] : []),
    `> Transcript from ${words}${transcript.language === "und" ? "" : ` (${oneMarkdownLine(transcript.language)})`}.`,
  ];
  if (!isDraft(transcript)) return lines;
  return [
    ...lines,
    "",
    "> [!warning] Draft",
    `> ${transcript.source} is a small recogniser: expect wrong words. Install a better one, delete this note and send the video again.`,
  ];
}
