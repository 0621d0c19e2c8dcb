import type { TranscriptSegment } from "../video/transcript.ts";
import { timestampText } from "./clock-text.ts";
import { oneMarkdownLine } from "./plain-text.ts";

/** Marks come no closer than this, so that the text stays readable and a place is still quick to find. */
const MARK_GAP_SECONDS = 120;

/** The folded call-out of a note: paragraphs that each begin with `**[h:mm:ss]**`. */
export function transcriptLines(segments: readonly TranscriptSegment[]): string[] {
  const paragraphs = paragraphsOf(segments);
  if (paragraphs.length === 0) return ["> [!note]- Transcript", "> *No speech was recognised.*"];
  const lines = paragraphs.map(
    ({ start, texts }) => `> **[${timestampText(start)}]** ${texts.join(" ")}`,
  );
  return ["> [!note]- Transcript", lines.join("\n>\n")];
}

interface Paragraph {
  readonly start: number;
  readonly texts: string[];
}

function paragraphsOf(segments: readonly TranscriptSegment[]): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let speaker: string | undefined;
  for (const segment of segments) {
    const text = oneMarkdownLine(segment.text);
    const spoken =
      segment.speaker && segment.speaker !== speaker
        ? `**${oneMarkdownLine(segment.speaker)}:** ${text}`
        : text;
    speaker = segment.speaker ?? speaker;
    const current = paragraphs.at(-1);
    if (current && segment.start - current.start < MARK_GAP_SECONDS) current.texts.push(spoken);
    else paragraphs.push({ start: segment.start, texts: [spoken] });
  }
  return paragraphs;
}
