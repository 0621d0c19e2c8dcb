import type { TranscriptSegment } from "../video/transcript.ts";

export interface Sentence {
  readonly text: string;
  /** Seconds at which it begins. */
  readonly at: number;
  readonly words: readonly string[];
  /** The words that carry meaning. */
  readonly terms: ReadonlySet<string>;
  readonly score: number;
}

type UnscoredSentence = Pick<Sentence, "text" | "at" | "words">;

/** However a text is punctuated, longer ones than this help nobody. Cut where a segment ends. */
const SENTENCE_WORDS_MAX = 45;
/** A recogniser without punctuation gives segments from pause to pause; one of this length can stand alone. */
const UNPUNCTUATED_WORDS_MIN = 8;
const WORDS_PER_MARK_MAX = 60;

/** Joins segments to sentences and keeps the moment at which each begins. */
export function splitSentences(segments: readonly TranscriptSegment[]): UnscoredSentence[] {
  const sentences: UnscoredSentence[] = [];
  const wordsMax = isPunctuated(segments) ? SENTENCE_WORDS_MAX : UNPUNCTUATED_WORDS_MIN;
  let current = "";
  let at = 0;
  const end = () => {
    const text = current.trim();
    const words = wordsOf(text);
    if (words.length > 0) sentences.push({ text, at, words });
    current = "";
  };
  for (const segment of segments) {
    let offset = 0;
    current = current === "" ? "" : `${current} `;
    for (const piece of segment.text.match(
      /[^.!?。！？…]*[.!?。！？…]+["'”’»)]*|[^.!?。！？…]+$/g,
    ) ?? []) {
      if (current === "") at = momentOf(segment, offset);
      current += piece;
      offset += piece.length;
      if (endsSentence(current, segment.text.charAt(offset))) end();
    }
    if (wordsOf(current).length >= wordsMax) end();
  }
  end();
  return sentences;
}

function isPunctuated(segments: readonly TranscriptSegment[]): boolean {
  const text = segments.map((segment) => segment.text).join(" ");
  const marks = text.match(/[.!?。！？…]/g)?.length ?? 0;
  return marks > 0 && wordsOf(text).length / marks <= WORDS_PER_MARK_MAX;
}

/** "3.5" and "e.g. this" do not end where their full stop stands. */
function endsSentence(text: string, next: string): boolean {
  if (/[。！？]["'”’»)]*$/.test(text)) return true;
  if (!/[.!?…]["'”’»)]*$/.test(text)) return false;
  return (
    (next === "" || /\s/.test(next)) &&
    !/(?:\b\p{L}|\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|No))\.$/u.test(text)
  );
}

function momentOf({ start, end, text }: TranscriptSegment, offset: number): number {
  return start + ((end - start) * offset) / Math.max(1, text.length);
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** Words of any script: Japanese and Thai are written without blanks. */
export function wordsOf(text: string): string[] {
  return [...segmenter.segment(text.toLowerCase())]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}

/** A word in more than this share of the sentences holds the language together and means little. */
const COMMON_SHARE = 0.15;
const SENTENCES_FOR_COMMON_MIN = 12;
const TERM_LETTERS_MIN = 4;

/** In a short English talk nothing is common enough to be counted out, so the usual ones are listed. */
const ENGLISH_COMMON = new Set(
  (
    "about after again also been before being between both could does doing down during each even ever " +
    "every from goes going have having here into just know like made make many more most much need only other " +
    "over really same should some such than that their them then there these they thing things think this those " +
    "through under until upon very want well were what when where which while will with would your yours"
  ).split(" "),
);

/**
 * Scores by how often the talk comes back to a sentence's words. Works in any language: short words
 * and those that stand in many sentences do not count, and long sentences have no advantage.
 */
export function scoreSentences(sentences: readonly UnscoredSentence[]): Sentence[] {
  const sentenceCounts = new Map<string, number>();
  for (const { words } of sentences) {
    for (const word of new Set(words))
      sentenceCounts.set(word, (sentenceCounts.get(word) ?? 0) + 1);
  }
  const isTerm = (word: string) =>
    [...word].length >= (isWide(word) ? 2 : TERM_LETTERS_MIN) &&
    !ENGLISH_COMMON.has(word) &&
    (sentences.length < SENTENCES_FOR_COMMON_MIN ||
      (sentenceCounts.get(word) ?? 0) / sentences.length <= COMMON_SHARE);
  return sentences.map((sentence) => {
    const terms = new Set(sentence.words.filter(isTerm));
    let weight = 0;
    for (const term of terms) weight += Math.log(1 + (sentenceCounts.get(term) ?? 0));
    return { ...sentence, terms, score: weight / Math.sqrt(sentence.words.length + 4) };
  });
}

/** One sign of these scripts says as much as several letters. */
function isWide(word: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(word);
}
