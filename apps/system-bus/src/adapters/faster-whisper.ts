import { basename, extname } from "node:path";
import { primaryLanguage, type Transcriber } from "./transcriber.ts";
import { readWhisperJson } from "./whisper-json.ts";

/** The sound's file name gives the result its name: there is no option for it. */
export const AUDIO_NAME = "audio.wav";

/** faster-whisper through its command line, whisper-ctranslate2. */
export const fasterWhisper: Transcriber = {
  source: "faster-whisper",
  program: "faster-whisper",
  usesGpu: true,
  findModel: (wanted) => ({ model: wanted ?? "small" }),
  arguments({ audioPath, language, model }) {
    const spoken = primaryLanguage(language);
    return [
      audioPath,
      ...["--model", model],
      ...["--output_dir", ".", "--output_format", "json"],
      ...["--condition_on_previous_text", "False", "--vad_filter", "True"],
      ...["--verbose", "True"],
      ...(spoken ? ["--language", spoken] : []),
    ];
  },
  outputName: `${basename(AUDIO_NAME, extname(AUDIO_NAME))}.json`,
  read: readWhisperJson,
};
