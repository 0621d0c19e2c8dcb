import { z } from "zod";
import type { RecognisedSpeech } from "./transcriber.ts";

const Word = z.object({ word: z.string(), start: z.number().nullish(), end: z.number().nullish() });

/** What OpenAI's Whisper writes as JSON, and mlx-whisper and whisper-ctranslate2 after it. */
const WhisperJson = z.object({
  language: z.string().nullish(),
  segments: z.array(
    z.object({
      // A damaged decoding has been seen to give NaN, which JSON writers turn into null.
      start: z.number().nullable(),
      end: z.number().nullable(),
      text: z.string(),
      words: z.array(Word).nullish(),
    }),
  ),
});

export function readWhisperJson(output: string): RecognisedSpeech {
  // Python writes NaN where JSON has no such word.
  const parsed = WhisperJson.parse(JSON.parse(output.replace(/("\w+":\s*)NaN\b/g, "$1null")));
  return {
    language: parsed.language ?? undefined,
    segments: parsed.segments.flatMap(({ start, end, text, words }) => {
      if (start === null || end === null || start < 0) return [];
      const timed = (words ?? []).flatMap((word) =>
        word.start == null || word.end == null
          ? []
          : [{ start: word.start, end: word.end, word: word.word.trim() }],
      );
      return [{ start, end, text, ...(timed.length > 0 ? { words: timed } : {}) }];
    }),
  };
}
