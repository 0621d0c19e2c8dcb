import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { primaryLanguage, type RecognisedSpeech, type Transcriber } from "./transcriber.ts";

/** Best first, as far as a machine without a large graphics card can bear them. */
const MODELS = [
  "large-v3-turbo",
  "medium",
  "small",
  "base",
  "small.en",
  "base.en",
  "tiny",
  "tiny.en",
];

const WhisperCppJson = z.object({
  result: z.object({ language: z.string() }).partial().optional(),
  transcription: z.array(
    z.object({
      /** Milliseconds. */
      offsets: z.object({ from: z.number(), to: z.number() }),
      text: z.string(),
    }),
  ),
});

/** whisper.cpp's `whisper-cli`. Unlike the others it wants its model as a file. */
export function createWhisperCpp(home: string): Transcriber {
  return {
    source: "whisper-cpp",
    program: "whisper-cpp",
    usesGpu: true,
    findModel: (wanted) => findModelFile(wanted, modelFolders(home)),
    arguments({ audioPath, language, model }) {
      return [
        ...["--model", model],
        ...["--language", primaryLanguage(language) ?? "auto"],
        // No text context: it is what makes Whisper repeat itself for minutes.
        ...["--max-context", "0"],
        ...["--output-json", "--output-file", "transcript"],
        "--print-progress",
        ...["--file", audioPath],
      ];
    },
    outputName: "transcript.json",
    read: readWhisperCppJson,
  };
}

function modelFolders(home: string): string[] {
  return [
    join(home, ".cache/whisper.cpp"),
    join(home, ".local/share/whisper.cpp/models"),
    "/opt/homebrew/share/whisper-cpp",
    "/usr/local/share/whisper-cpp",
    "/usr/share/whisper.cpp/models",
  ];
}

function findModelFile(
  wanted: string | undefined,
  folders: readonly string[],
): { readonly model: string } | { readonly missing: string } {
  if (wanted !== undefined && isAbsolute(wanted)) {
    return existsSync(wanted)
      ? { model: wanted }
      : { missing: `WHISPER_MODEL ${wanted} is not there` };
  }
  const names = wanted === undefined ? MODELS : [wanted];
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, `ggml-${name}.bin`);
      if (existsSync(path)) return { model: path };
    }
  }
  return {
    missing: `no model file ggml-${wanted ?? "small"}.bin in ${folders[0]}; download one from https://huggingface.co/ggerganov/whisper.cpp or set WHISPER_MODEL to its path`,
  };
}

export function readWhisperCppJson(output: string): RecognisedSpeech {
  const parsed = WhisperCppJson.parse(JSON.parse(output));
  return {
    language: parsed.result?.language,
    segments: parsed.transcription.map(({ offsets, text }) => ({
      start: Math.max(0, offsets.from) / 1000,
      end: Math.max(0, offsets.to) / 1000,
      text,
    })),
  };
}
