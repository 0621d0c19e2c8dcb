import { z } from "zod";

/** Where a transcript can come from. The names go into notes, events and TRANSCRIPT_ORDER. */
export const transcriptSources = [
  "mlx-whisper",
  "captions",
  "whisper-cpp",
  "faster-whisper",
  "auto-captions",
  "pocketsphinx",
] as const;

export type TranscriptSource = (typeof transcriptSources)[number];

/** On Apple hardware mlx-whisper is quick and better than most captions; elsewhere it cannot run. */
export function defaultTranscriptOrder(
  platform: string,
  arch: string,
): readonly TranscriptSource[] {
  if (platform === "darwin" && arch === "arm64") return transcriptSources;
  return transcriptSources.filter((source) => source !== "mlx-whisper");
}

/** Reads TRANSCRIPT_ORDER: names with commas between, best first, none twice. */
export const transcriptOrder = z.string().transform((value, context) => {
  const words = value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const order = words.filter(isTranscriptSource);
  const unknown = words.filter((word) => !isTranscriptSource(word));
  if (unknown.length === 0 && order.length > 0 && new Set(order).size === order.length) {
    return order;
  }
  const fault =
    unknown.length > 0 ? `does not know ${unknown.join(", ")}` : "names none, or one twice";
  context.addIssue({
    code: "custom",
    message: `${fault}; give some of: ${transcriptSources.join(",")}`,
  });
  return z.NEVER;
});

function isTranscriptSource(word: string): word is TranscriptSource {
  return (transcriptSources as readonly string[]).includes(word);
}
