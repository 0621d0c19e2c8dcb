import { readFrontmatter, splitNote } from "../notes/frontmatter.ts";
import type { TranscriptSegment } from "../video/transcript.ts";

/** What a summary has to know of a note; read from the note itself, as its person may have edited it. */
export interface NoteFacts {
  readonly title: string;
  readonly channel: string | null;
  readonly published: string | null;
}

export function readNoteFacts(note: string, fallbackTitle: string): NoteFacts {
  const fields = readFrontmatter(note);
  const heading = /^#\s+(.+)$/m.exec(splitNote(note).body)?.[1];
  return {
    title: unescaped(heading ?? "").trim() || fallbackTitle,
    channel: textOrNull(fields["channel"]),
    published: textOrNull(fields["published"]),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

const LAST_PARAGRAPH_SECONDS = 120;

/**
 * The transcript as the note shows it: paragraphs that begin with `**[h:mm:ss]**`. Its times are those
 * of the paragraphs, so a quote's moment is an estimate; the stored transcript knows better.
 */
export function readTranscriptSection(note: string): TranscriptSegment[] {
  const lines = note.split(/\r?\n/);
  const begin = lines.findIndex((line) => /^>\s*\[!note\][-+]?\s+Transcript\s*$/i.test(line));
  const paragraphs: { start: number; text: string }[] = [];
  for (const line of begin < 0 ? [] : lines.slice(begin + 1)) {
    if (!line.startsWith(">")) break;
    const [, hours, minutes, seconds, text] =
      /^>\s*\*\*\[(\d+):(\d{2}):(\d{2})\]\*\*\s*(.*)$/.exec(line) ?? [];
    const current = paragraphs.at(-1);
    if (text !== undefined) {
      const start = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
      paragraphs.push({ start, text: unescaped(text) });
    } else if (current) current.text += ` ${unescaped(line.replace(/^>\s?/, ""))}`;
  }
  return paragraphs.map(({ start, text }, index) => ({
    start,
    end: paragraphs[index + 1]?.start ?? start + LAST_PARAGRAPH_SECONDS,
    text: text.replace(/\s+/g, " ").trim(),
  }));
}

function unescaped(text: string): string {
  return text.replace(/\\([\\[\]<`])/g, "$1").replace(/\u200B/g, "");
}
