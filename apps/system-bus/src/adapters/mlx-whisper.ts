import { primaryLanguage, type Transcriber } from "./transcriber.ts";
import { readWhisperJson } from "./whisper-json.ts";

/**
 * mlx-whisper, for Apple Silicon. Its command line as its own source documents it; two traps: it says
 * "Skipping …" and ends with 0 when a file can't be transcribed, so the result file decides; and
 * `--word-timestamps` takes a value in some versions and none in others, so it is not used.
 */
export const mlxWhisper: Transcriber = {
  source: "mlx-whisper",
  program: "mlx-whisper",
  usesGpu: true,
  findModel: (wanted) => ({ model: wanted ?? "mlx-community/whisper-large-v3-turbo" }),
  arguments({ audioPath, language, model }) {
    const spoken = primaryLanguage(language);
    return [
      audioPath,
      ...["--model", model],
      ...["--output-dir", ".", "--output-name", "transcript", "--output-format", "json"],
      // The previous text as a prompt is what makes Whisper repeat itself for minutes.
      ...["--condition-on-previous-text", "False"],
      ...["--verbose", "True"],
      ...(spoken ? ["--language", spoken] : []),
    ];
  },
  outputName: "transcript.json",
  read: readWhisperJson,
};
