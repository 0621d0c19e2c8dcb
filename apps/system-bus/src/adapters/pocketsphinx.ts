import type { TranscriptSegment, TranscriptWord } from "../video/transcript.ts";
import { primaryLanguage, type RecognisedSpeech, type Transcriber } from "./transcriber.ts";

/** A pause this long ends a segment; shorter ones are breath. */
const PAUSE_SECONDS = 0.3;
const SEGMENT_SECONDS_MAX = 20;

/**
 * pocketsphinx with the English model that Debian ships: small, quick, needs no network, and is wrong
 * often. It stands last in every order and its notes are marked as drafts.
 */
export const pocketsphinx: Transcriber = {
  source: "pocketsphinx",
  program: "pocketsphinx",
  usesGpu: false,
  findModel: () => ({ model: "en-us" }),
  arguments: ({ audioPath }) => ["-infile", audioPath, "-time", "yes", "-logfn", "/dev/null"],
  outputName: null,
  read: readPocketsphinx,
};

export function speaksEnglish(language: string | undefined): boolean {
  const primary = primaryLanguage(language);
  return primary === undefined || primary === "en";
}

const WORD_LINE = /^(\S+) (\d+(?:\.\d+)?) (\d+(?:\.\d+)?) \d+(?:\.\d+)?$/;

/** Lines of `word start end confidence`, in seconds from the start; the sentences between are left out. */
export function readPocketsphinx(output: string): RecognisedSpeech {
  const segments: TranscriptSegment[] = [];
  let words: TranscriptWord[] = [];
  const endSegment = () => {
    const [first] = words;
    const last = words.at(-1);
    if (first && last) {
      segments.push({
        start: first.start,
        end: last.end,
        text: words.map(({ word }) => word).join(" "),
        words,
      });
    }
    words = [];
  };
  for (const line of output.split("\n")) {
    const [, token, startText, endText] = WORD_LINE.exec(line.trim()) ?? [];
    if (!token) continue;
    const start = Number(startText);
    // "<sil>", "[SPEECH]", "++NOISE++" are no words; "(2)" is the second way to say one.
    if (/^[<[+]/.test(token)) continue;
    const before = words.at(-1);
    const began = words[0]?.start ?? start;
    if (before && (start - before.end >= PAUSE_SECONDS || start - began >= SEGMENT_SECONDS_MAX))
      endSegment();
    words.push({ start, end: Number(endText), word: token.replace(/\(\d+\)$/, "") });
  }
  endSegment();
  return { segments, language: "en" };
}
