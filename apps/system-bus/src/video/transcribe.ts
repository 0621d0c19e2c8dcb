// The steps that make a transcript: which source (a step), its sound (a program), its words (a program
// or a step). What a source gives is screened and stored behind a claim.

import { join } from "node:path";
import type { EndedProgram, ProgramSpec, Programs, StepTools } from "@system-bus/programs";
import { ProgramRetry } from "@system-bus/programs";
import type { TranscriptSource } from "@system-bus/settings";
import { AUDIO_NAME } from "../adapters/faster-whisper.ts";
import { extractAudioArguments, hasNoSound } from "../adapters/ffmpeg.ts";
import type { ProgramFinder } from "../adapters/program-finder.ts";
import type { RecognisedSpeech, Transcriber } from "../adapters/transcriber.ts";
import type { ClaimStore } from "../claims/claim-store.ts";
import { readFileIfAny } from "../files/atomic-write.ts";
import { runStep } from "../steps/run-step.ts";
import { asStep, WorkerError } from "../worker-error.ts";
import { screenRepetition } from "./repetition.ts";
import { cuesToSegments, readCues } from "./subtitles.ts";
import { toTranscript } from "./transcript.ts";
import { type Candidate, describeNoTranscript, type PassedOver } from "./transcript-plan.ts";

export interface TranscribeDeps {
  readonly programs: Programs;
  readonly finder: ProgramFinder;
  readonly claims: ClaimStore;
  readonly transcribers: readonly Transcriber[];
}

export interface TranscribeRequest {
  readonly runId: string;
  readonly title: string;
  readonly media: string;
  readonly language: string | undefined;
  readonly candidates: readonly Candidate[];
  readonly passedOver: readonly PassedOver[];
}

/** What is known of a transcript that was stored. */
export interface StoredTranscript {
  readonly transcript: string;
  readonly source: TranscriptSource;
  readonly language: string;
  readonly segmentCount: number;
  readonly wordCount: number;
  /** Segments that the recogniser only repeated. */
  readonly removedCount: number;
}

type Attempted = StoredTranscript | { readonly unusable: string };

const ID = "transcribe";
const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const STARTS_MAX = 5;

/** Tries the candidates in their order. The last word is an error that names what stood in each one's way. */
export async function transcribe(
  step: StepTools,
  deps: TranscribeDeps,
  request: TranscribeRequest,
): Promise<StoredTranscript> {
  const problems: PassedOver[] = [...request.passedOver];
  let audio: string | null = null;
  for (const [index, candidate] of request.candidates.entries()) {
    const id = index === 0 ? ID : `${ID}:${candidate.source}`;
    if (candidate.kind === "program") audio ??= await extractAudio(step, deps, request);
    const attempted: Attempted =
      candidate.kind === "captions"
        ? await runStep(step, id, () => readCaptions(deps, request.runId, candidate))
        : await runTranscriber(step, deps, { id, request, candidate, audio: audio ?? "" });
    if ("transcript" in attempted) return attempted;
    problems.push({ source: candidate.source, reason: attempted.unusable });
  }
  return runStep(step, `${ID}:none`, () =>
    Promise.reject(
      new WorkerError("TRANSCRIPT_MISSING", describeNoTranscript(request.title, problems)),
    ),
  );
}

async function readCaptions(
  { claims }: TranscribeDeps,
  runId: string,
  { source, file, language }: Extract<Candidate, { readonly kind: "captions" }>,
): Promise<Attempted> {
  const segments = cuesToSegments(readCues(await claims.get(file, "download")));
  if (segments.length === 0) return { unusable: "the file holds no captions" };
  return storeTranscript(claims, { runId, source, speech: { segments, language } });
}

/** Returns the claim of the sound: 16 kHz, mono. */
async function extractAudio(
  step: StepTools,
  { programs, finder, claims }: TranscribeDeps,
  { runId, title, media }: TranscribeRequest,
): Promise<string> {
  const command = await runStep(step, `${ID}:audio:prepare`, async () => {
    await claims.locate(media, "download");
    return finder.get("ffmpeg");
  });
  return programs.run(step, `${ID}:audio`, {
    runId,
    spec: {
      command,
      args: extractAudioArguments(claims.pathOf(media)),
      wallClockMaxMs: 2 * HOUR_MS,
      attemptsMax: STARTS_MAX,
    },
    read: (ended) => asStep(() => readAudio(claims, ended, { runId, title })),
  });
}

async function readAudio(
  claims: ClaimStore,
  ended: EndedProgram,
  { runId, title }: { readonly runId: string; readonly title: string },
): Promise<string> {
  if (ended.exitCode === 0) {
    return (await claims.putFile(runId, AUDIO_NAME, join(ended.dir, AUDIO_NAME))).claim;
  }
  const stderr = (await readFileIfAny(ended.stderrPath)) ?? "";
  if (hasNoSound(stderr)) {
    throw new WorkerError(
      "TRANSCRIPT_MISSING",
      `"${title}" has no sound and no captions: there is nothing to transcribe`,
    );
  }
  if (/No space left/i.test(stderr)) {
    throw new WorkerError(
      "DISK_FULL",
      `No space left for the sound of "${title}": free some, then send the video again`,
    );
  }
  throw new WorkerError(
    "TRANSCRIPT_MISSING",
    `ffmpeg can't read the sound of "${title}" (${howItEnded(ended)}): ${lastLine(stderr)}. Send the video again to have it downloaded anew`,
  );
}

interface TranscriberRun {
  readonly id: string;
  readonly request: TranscribeRequest;
  readonly candidate: Extract<Candidate, { readonly kind: "program" }>;
  readonly audio: string;
}

async function runTranscriber(
  step: StepTools,
  deps: TranscribeDeps,
  { id, request, candidate, audio }: TranscriberRun,
): Promise<Attempted> {
  const { runId, language } = request;
  const transcriber = deps.transcribers.find(({ source }) => source === candidate.source);
  if (!transcriber) return { unusable: "this version of the worker does not know it" };
  const audioPath = deps.claims.pathOf(audio);
  const spec: ProgramSpec = {
    command: candidate.command,
    args: transcriber.arguments({ audioPath, language, model: candidate.model }),
    env: { PATH: deps.finder.searchPath },
    // One at a time, also where functions that wait hold no place in their concurrency limit.
    slot: transcriber.usesGpu ? "gpu" : "transcribe",
    wallClockMaxMs: DAY_MS,
    attemptsMax: STARTS_MAX,
  };
  return deps.programs.run<Attempted>(step, id, {
    runId,
    spec,
    read: (ended) =>
      asStep(() => readTranscriber(deps.claims, ended, { transcriber, runId, language })),
  });
}

interface TranscriberReading {
  readonly transcriber: Transcriber;
  readonly runId: string;
  readonly language: string | undefined;
}

/** Failures of memory and hardware pass; a second program is worth its time, a third is not. */
const FAILURES_MAX = 2;

async function readTranscriber(
  claims: ClaimStore,
  ended: EndedProgram,
  { transcriber, runId, language }: TranscriberReading,
): Promise<Attempted> {
  const { source, outputName } = transcriber;
  const output = await readFileIfAny(
    outputName === null ? ended.stdoutPath : join(ended.dir, outputName),
  );
  const speech = ended.exitCode === 0 && output !== null ? tryRead(transcriber, output) : null;
  if (speech) {
    const spoken = speech.language ?? language;
    return storeTranscript(claims, { runId, source, speech: { ...speech, language: spoken } });
  }
  const stderr = (await readFileIfAny(ended.stderrPath)) ?? "";
  const reason = `${howItEnded(ended)} and left no readable result${stderr.trim() ? `: ${lastLine(stderr)}` : ""}`;
  if (ended.attempt < FAILURES_MAX && ended.endedBy !== "wall-limit")
    throw new ProgramRetry(reason);
  return { unusable: reason };
}

function tryRead(transcriber: Transcriber, output: string): RecognisedSpeech | null {
  try {
    return transcriber.read(output);
  } catch {
    return null;
  }
}

function howItEnded({ endedBy, exitCode, signal }: EndedProgram): string {
  if (endedBy === "wall-limit") return "was still running after its time limit";
  if (exitCode === null) return `was ended by ${signal ?? "a signal"}`;
  return `ended with exit code ${exitCode}`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim().slice(0, 300) ?? "";
}

interface TranscriptToStore {
  readonly runId: string;
  readonly source: TranscriptSource;
  readonly speech: RecognisedSpeech;
}

async function storeTranscript(
  claims: ClaimStore,
  { runId, source, speech }: TranscriptToStore,
): Promise<StoredTranscript> {
  const { segments, removedCount } = screenRepetition(speech.segments);
  const transcript = toTranscript({ segments, language: speech.language, source });
  return {
    transcript: await claims.put(runId, "transcript.json", JSON.stringify(transcript)),
    source,
    language: transcript.language,
    segmentCount: transcript.segments.length,
    wordCount: transcript.text === "" ? 0 : transcript.text.split(/\s+/).length,
    removedCount,
  };
}
