import { z } from "zod";

const WordSchema = z.object({ start: z.number(), end: z.number(), word: z.string() });

const SegmentSchema = z.object({
  start: z.number().nonnegative(),
  end: z.number().nonnegative(),
  text: z.string(),
  words: z.array(WordSchema).optional(),
  speaker: z.string().optional(),
});

/** The transcript as it is stored. All times are seconds from the start of the video. */
export const TranscriptSchema = z.object({
  text: z.string(),
  /** BCP 47, as far as the source knows it; `und` otherwise. */
  language: z.string(),
  /** Where it came from: one of the transcript sources. */
  source: z.string(),
  segments: z.array(SegmentSchema),
});

export type TranscriptWord = z.infer<typeof WordSchema>;
export type TranscriptSegment = z.infer<typeof SegmentSchema>;
export type Transcript = z.infer<typeof TranscriptSchema>;

/** Builds a transcript from segments of any source: ordered, without empty ones, text joined. */
export function toTranscript(input: {
  readonly segments: readonly TranscriptSegment[];
  readonly language: string | undefined;
  readonly source: string;
}): Transcript {
  const segments = input.segments
    .map((segment) => ({ ...segment, text: segment.text.replace(/\s+/g, " ").trim() }))
    .filter((segment) => segment.text !== "" && segment.end >= segment.start)
    .toSorted((a, b) => a.start - b.start);
  return {
    text: segments.map((segment) => segment.text).join(" "),
    language: input.language ?? "und",
    source: input.source,
    segments,
  };
}
