import type { ExternalProgramName } from "@system-bus/programs";
import type { TranscriptSource } from "@system-bus/settings";
import type { TranscriptSegment } from "../video/transcript.ts";

export interface TranscriberCommand {
  /** 16 kHz, mono, 16 bit. */
  readonly audioPath: string;
  /** What is spoken, as a BCP 47 tag, when it is known. */
  readonly language: string | undefined;
  readonly model: string;
}

export interface RecognisedSpeech {
  readonly segments: readonly TranscriptSegment[];
  readonly language: string | undefined;
}

/** A program that turns sound into text. It runs in a folder of its own and leaves its result there. */
export interface Transcriber {
  readonly source: TranscriptSource;
  readonly program: ExternalProgramName;
  readonly usesGpu: boolean;
  /** Finds the model; null with the reason when there is none on this machine. */
  findModel(wanted: string | undefined): { readonly model: string } | { readonly missing: string };
  arguments(command: TranscriberCommand): string[];
  /** The file in the program's folder that holds the result; null: it stands on stdout. */
  readonly outputName: string | null;
  /** Reads the result. Throws on one that makes no sense. */
  read(output: string): RecognisedSpeech;
}

/** "pt-BR" is "pt" to every recogniser here. */
export function primaryLanguage(language: string | undefined): string | undefined {
  const primary = language?.split("-")[0]?.toLowerCase();
  return primary === "und" ? undefined : primary;
}
