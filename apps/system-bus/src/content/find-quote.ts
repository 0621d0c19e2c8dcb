// A model's quotes are only believed when the transcript has them: a quote that nobody said is worse
// than none. The transcript also gives the moment.

import type { TranscriptSegment } from "../video/transcript.ts";

export interface FoundQuote {
  /** As the transcript has it. */
  readonly text: string;
  /** Seconds. */
  readonly at: number;
}

interface SpokenWord {
  readonly word: string;
  readonly shown: string;
  readonly at: number;
}

const WORDS_MIN = 3;

/** Prepares a transcript for many look-ups. */
export function createQuoteFinder(
  segments: readonly TranscriptSegment[],
): (quote: string) => FoundQuote | null {
  const spoken = segments.flatMap(spokenWords);
  const places = new Map<string, number[]>();
  for (const [index, { word }] of spoken.entries()) {
    const found = places.get(word);
    if (found) found.push(index);
    else places.set(word, [index]);
  }

  return (quote) => {
    const words = quote
      .split(/\s+/)
      .map(normal)
      .filter((word) => word !== "");
    const [first] = words;
    if (first === undefined || words.length < WORDS_MIN) return null;
    for (const from of places.get(first) ?? []) {
      if (!words.every((word, offset) => spoken[from + offset]?.word === word)) continue;
      const said = spoken.slice(from, from + words.length);
      return { text: said.map(({ shown }) => shown).join(" "), at: said[0]?.at ?? 0 };
    }
    return null;
  };
}

function spokenWords({ start, end, text }: TranscriptSegment): SpokenWord[] {
  const shown = text.split(/\s+/).filter((word) => normal(word) !== "");
  return shown.map((word, index) => ({
    word: normal(word),
    shown: word,
    at: start + ((end - start) * index) / shown.length,
  }));
}

function normal(word: string): string {
  return word
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
}
