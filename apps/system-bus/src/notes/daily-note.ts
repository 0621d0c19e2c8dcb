import { durationText } from "./clock-text.ts";
import { oneMarkdownLine } from "./plain-text.ts";

export interface DailyVideo {
  readonly slug: string;
  readonly title: string;
  readonly channel: string | null;
  readonly durationSeconds: number | null;
}

const HEADING = "## Videos";

/** `- [[slug]] — title by channel · duration`, without the parts that nobody knows. */
export function dailyVideoLine({ slug, title, channel, durationSeconds }: DailyVideo): string {
  const by = channel ? ` by ${oneMarkdownLine(channel)}` : "";
  const duration = durationSeconds === null ? "" : ` · ${durationText(durationSeconds)}`;
  return `- [[${slug}]] — ${oneMarkdownLine(title)}${by}${duration}`;
}

/**
 * The day's note with the video in it, under `## Videos` and once. Null when it stands there already,
 * in whatever wording the person has given it. `note` is null when the day has no note yet.
 */
export function withVideo(note: string | null, day: string, video: DailyVideo): string | null {
  const line = dailyVideoLine(video);
  if (note === null || note.trim() === "") return `# ${day}\n\n${HEADING}\n\n${line}\n`;
  const lineBreak = note.includes("\r\n") ? "\r\n" : "\n";
  const lines = note.split(/\r?\n/);
  const section = findSection(lines);
  if (!section)
    return `${note.replace(/\s*$/, "")}${lineBreak.repeat(2)}${[HEADING, "", line, ""].join(lineBreak)}`;
  if (lines.slice(section.from, section.to).some((each) => isLinkTo(each, video.slug))) return null;
  const at = lastFilledLine(lines, section) + 1;
  const opening = at === section.from ? [""] : [];
  const closing = at === section.to && section.to < lines.length ? [""] : [];
  lines.splice(at, 0, ...opening, line, ...closing);
  return lines.join(lineBreak).replace(/(?<!\n)$/, lineBreak);
}

interface Section {
  /** The line after the heading. */
  readonly from: number;
  /** The line of the next heading of the same or a higher level, or the end. */
  readonly to: number;
}

function findSection(lines: readonly string[]): Section | null {
  const heading = lines.findIndex((line) => /^##\s+videos\s*#*\s*$/i.test(line));
  if (heading < 0) return null;
  const next = lines.findIndex((line, index) => index > heading && /^#{1,2}\s/.test(line));
  return { from: heading + 1, to: next < 0 ? lines.length : next };
}

function lastFilledLine(lines: readonly string[], { from, to }: Section): number {
  for (let index = to - 1; index >= from; index -= 1) if (lines[index]?.trim()) return index;
  return from - 1;
}

function isLinkTo(line: string, slug: string): boolean {
  return [...line.matchAll(/\[\[([^\]|#]+)/g)].some(
    (match) => match[1]?.trim().split("/").at(-1) === slug,
  );
}
