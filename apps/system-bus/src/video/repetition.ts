// Speech recognisers, Whisper above all, fall into loops over silence or music: one real transcript
// held the same segment 2,523 times. A screened transcript keeps what may have been said.

import type { TranscriptSegment } from "./transcript.ts";

/** A person may say a thing three times. A fourth in a row is the recogniser. */
const IN_A_ROW_MAX = 3;
const PHRASE_WORDS_MAX = 8;
const PHRASE_REPEATS_MAX = 4;

export interface ScreenedSegments {
  readonly segments: readonly TranscriptSegment[];
  readonly removedCount: number;
  /** Share of the segments that went: near 1, the recogniser heard nothing and the text is worthless. */
  readonly removedShare: number;
}

/** Removes loops: of a segment said again and again only the first stays, as does a looping phrase in one. */
export function screenRepetition(segments: readonly TranscriptSegment[]): ScreenedSegments {
  const kept: TranscriptSegment[] = [];
  for (const group of groupsInARow(segments)) {
    const [first] = group;
    if (first && group.length > IN_A_ROW_MAX) kept.push(withoutPhraseLoop(first));
    else kept.push(...group.map(withoutPhraseLoop));
  }
  const removedCount = segments.length - kept.length;
  return {
    segments: kept,
    removedCount,
    removedShare: segments.length === 0 ? 0 : removedCount / segments.length,
  };
}

function groupsInARow(segments: readonly TranscriptSegment[]): TranscriptSegment[][] {
  const groups: TranscriptSegment[][] = [];
  for (const segment of segments) {
    const group = groups.at(-1);
    if (group?.[0] && normal(group[0].text) === normal(segment.text)) group.push(segment);
    else groups.push([segment]);
  }
  return groups;
}

function normal(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** "thank you thank you thank you thank you thank you" inside one segment becomes "thank you". */
function withoutPhraseLoop(segment: TranscriptSegment): TranscriptSegment {
  const words = segment.text.split(/\s+/);
  const kept: string[] = [];
  let index = 0;
  while (index < words.length) {
    const loop = findLoop(words, index);
    if (loop) {
      kept.push(...words.slice(index, index + loop.length));
      index += loop.length * loop.repeats;
    } else {
      kept.push(words[index] ?? "");
      index += 1;
    }
  }
  if (kept.length === words.length) return segment;
  const { words: _timesNoLongerMatch, ...rest } = segment;
  return { ...rest, text: kept.join(" ") };
}

function findLoop(
  words: readonly string[],
  from: number,
): { length: number; repeats: number } | null {
  for (let length = 1; length <= PHRASE_WORDS_MAX; length += 1) {
    let repeats = 1;
    while (isSamePhrase(words, from, from + repeats * length, length)) repeats += 1;
    if (repeats > PHRASE_REPEATS_MAX) return { length, repeats };
  }
  return null;
}

function isSamePhrase(words: readonly string[], a: number, b: number, length: number): boolean {
  if (b + length > words.length) return false;
  for (let offset = 0; offset < length; offset += 1) {
    if (normal(words[a + offset] ?? "") !== normal(words[b + offset] ?? "")) return false;
  }
  return true;
}
