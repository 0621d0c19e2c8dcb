// A summary without a model: the sentences whose words the talk keeps coming back to. It invents
// nothing, costs nothing, needs no network, and is the same every time.

import type { TranscriptSegment } from "../video/transcript.ts";
import type { FoundQuote } from "./find-quote.ts";
import { type Sentence, scoreSentences, splitSentences } from "./sentences.ts";
import type { Summary } from "./summary.ts";

export interface ExtractedSummary {
  readonly summary: Omit<Summary, "quotes">;
  readonly quotes: readonly FoundQuote[];
}

export interface KnownOfVideo {
  readonly channel: string | null;
  readonly published: string | null;
}

const SUMMARY_SENTENCES = 3;
const KEY_POINTS = 6;
const QUOTES = 3;
const QUOTE_WORDS_MIN = 7;
const QUOTE_WORDS_MAX = 40;
/** Sentences that share more of their words than this say the same. */
const ALIKE_MAX = 0.5;

export function extractSummary(
  segments: readonly TranscriptSegment[],
  known: KnownOfVideo,
): ExtractedSummary {
  const sentences = scoreSentences(splitSentences(segments));
  const lead = pickBest(sentences, SUMMARY_SENTENCES, []);
  const points = pickAcross(sentences.filter(saysSomething), KEY_POINTS, lead);
  const quotable = sentences.filter(
    ({ words }) => words.length >= QUOTE_WORDS_MIN && words.length <= QUOTE_WORDS_MAX,
  );
  const quotes = pickBest(quotable, QUOTES, lead);
  return {
    summary: {
      executiveSummary:
        lead.map(({ text }) => text).join(" ") || "Nothing was said that could be summarised.",
      keyPoints: (points.length > 0 ? points : lead).map(({ text }) => text),
      speakerContext: speakerWords(known),
      research: [],
    },
    quotes: quotes.map(({ text, at }) => ({ text, at })),
  };
}

/** "Hello, and welcome" may be the best of its stretch and is no point. */
function saysSomething({ words, terms }: Sentence): boolean {
  return terms.size >= 2 && words.length >= 5;
}

/** Only what the video itself tells. */
function speakerWords({ channel, published }: KnownOfVideo): string | null {
  if (channel === null) return null;
  return `Published${published === null ? "" : ` on ${published}`} by ${channel}. Nothing else was looked up.`;
}

/** The best sentences that do not repeat each other or `taken`, in the order in which they were said. */
function pickBest(
  sentences: readonly Sentence[],
  countMax: number,
  taken: readonly Sentence[],
): Sentence[] {
  const picked: Sentence[] = [];
  for (const sentence of sentences.toSorted((a, b) => b.score - a.score || a.at - b.at)) {
    if (picked.length >= countMax) break;
    if ([...taken, ...picked].some((other) => likeness(other, sentence) > ALIKE_MAX)) continue;
    picked.push(sentence);
  }
  return picked.toSorted((a, b) => a.at - b.at);
}

/** One from each stretch of the talk, so that its end is not lost behind a strong beginning. */
function pickAcross(
  sentences: readonly Sentence[],
  countMax: number,
  taken: readonly Sentence[],
): Sentence[] {
  const picked: Sentence[] = [];
  const stretch = Math.max(1, sentences.length / countMax);
  for (let from = 0; from < sentences.length; from += stretch) {
    const part = sentences.slice(Math.round(from), Math.round(from + stretch));
    picked.push(...pickBest(part, 1, [...taken, ...picked]));
  }
  return picked;
}

/** Shared words over the smaller sentence's words, from 0 to 1. */
function likeness(a: Sentence, b: Sentence): number {
  const [small, large] = a.terms.size < b.terms.size ? [a.terms, b.terms] : [b.terms, a.terms];
  if (small.size === 0) return a.text === b.text ? 1 : 0;
  let shared = 0;
  for (const term of small) if (large.has(term)) shared += 1;
  return shared / small.size;
}
