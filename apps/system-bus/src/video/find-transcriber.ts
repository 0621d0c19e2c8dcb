import { installWords } from "@system-bus/programs";
import type { TranscriptSource } from "@system-bus/settings";
import { speaksEnglish } from "../adapters/pocketsphinx.ts";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import type { Transcriber } from "../adapters/transcriber.ts";
import type { Availability } from "./transcript-plan.ts";

export interface TranscriberSearch {
  readonly finder: ProgramFinder;
  readonly transcribers: readonly Transcriber[];
  readonly whisperModel: string | undefined;
}

/** Whether a recogniser can be used on this machine for this language; if not, what would help. */
export function findTranscriber(
  { transcribers, finder, whisperModel }: TranscriberSearch,
  source: TranscriptSource,
  spoken: string | undefined,
): Availability {
  const transcriber = transcribers.find((each) => each.source === source);
  if (!transcriber)
    return { kind: "absent", reason: "this version of the worker does not know it" };
  if (source === "pocketsphinx" && !speaksEnglish(spoken)) {
    return { kind: "absent", reason: `it only knows English, and ${spoken} is spoken` };
  }
  const command = finder.find(transcriber.program);
  if (command === null) {
    return { kind: "absent", reason: `not installed (${installWords(transcriber.program)})` };
  }
  const found = transcriber.findModel(whisperModel);
  if ("missing" in found) return { kind: "absent", reason: found.missing };
  return { kind: "ready", command, model: found.model };
}
