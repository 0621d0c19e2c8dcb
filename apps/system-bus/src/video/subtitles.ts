// Reads SubRip and WebVTT as they are found, not as they are specified: byte order marks, CRLF,
// STYLE and NOTE blocks, cue settings, voice and karaoke tags, and single blocks that make no sense.
// A bad block costs itself, never the file.

import type { TranscriptSegment } from "./transcript.ts";

export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
  readonly speaker?: string;
}

const TIME = String.raw`(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})`;
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*-->\s*${TIME}`);
/** Some SubRip files part their blocks by a line of blanks; inside WebVTT such a line is part of a cue. */
const BLANK_LINE_BEFORE_NUMBER = new RegExp(String.raw`\n[ \t]+\n(?=\d+[ \t]*\n\s*${TIME})`, "g");

/** The cues of a file, in the file's order. An unreadable file has none. */
export function readCues(file: string): Cue[] {
  return file
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .replace(BLANK_LINE_BEFORE_NUMBER, "\n\n")
    .split(/\n\n+/)
    .flatMap((block) => readBlock(block.split("\n")));
}

function readBlock(lines: readonly string[]): Cue[] {
  const timingIndex = lines.findIndex((line) => TIMING.test(line));
  // A cue may have one line, its number or name, above its times. Anything else is prose or style.
  if (timingIndex < 0 || timingIndex > 1) return [];
  const match = TIMING.exec(lines[timingIndex] ?? "");
  if (!match) return [];
  const start = seconds(match.slice(1, 5));
  const end = seconds(match.slice(5, 9));
  if (end < start) return [];
  const payload = lines.slice(timingIndex + 1);
  const speaker = /<v(?:\.[^ >]*)?\s+([^>]+)>/.exec(payload.join("\n"))?.[1]?.trim();
  const text = payload.map(plainLine).filter((line) => line !== "");
  if (text.length === 0) return [];
  return [{ start, end, lines: text, ...(speaker ? { speaker } : {}) }];
}

function seconds(parts: readonly (string | undefined)[]): number {
  const [hours = "0", minutes = "0", secs = "0", fraction = "0"] = parts;
  const millis = Number(fraction.padEnd(3, "0"));
  return (
    (Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(secs) * 1000 + millis) / 1000
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  lrm: "",
  rlm: "",
};

function plainLine(line: string): string {
  return line
    .replace(/<[^<>]*>|\{\\[^{}]*\}/g, "")
    .replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(\w{2,5}));/gi, (whole, decimal, hex, name) => {
      if (name) return ENTITIES[String(name).toLowerCase()] ?? whole;
      const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 31 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : " ";
    })
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * Cues as segments. Automatic captions scroll: each cue repeats the line before it. Where most cues
 * do that, repeated lines are dropped; elsewhere a repeated line is what the speaker said.
 */
export function cuesToSegments(cues: readonly Cue[]): TranscriptSegment[] {
  const shown = isScrolling(cues) ? withoutRepeatedLines(cues) : cues;
  return shown.map(({ start, end, lines, speaker }) => ({
    start,
    end,
    text: lines.join(" "),
    ...(speaker === undefined ? {} : { speaker }),
  }));
}

const SCROLLING_SHARE_MIN = 0.4;

function isScrolling(cues: readonly Cue[]): boolean {
  const repeats = cues.filter((cue, index) => {
    const before = cues[index - 1]?.lines.at(-1);
    return before !== undefined && cue.lines[0] === before;
  });
  return cues.length > 3 && repeats.length / cues.length >= SCROLLING_SHARE_MIN;
}

function withoutRepeatedLines(cues: readonly Cue[]): Cue[] {
  const kept: Cue[] = [];
  let shown: readonly string[] = [];
  for (const cue of cues) {
    const lines = cue.lines.filter((line) => !shown.includes(line));
    shown = cue.lines;
    if (lines.length > 0) kept.push({ ...cue, lines });
  }
  return kept;
}
