import { type BusClient, type BusEvent, busEvents, type EventFields } from "@system-bus/events";
import type { TranscriptSource } from "@system-bus/settings";
import type { InngestFunction } from "inngest";
import { localDay } from "../notes/clock-text.ts";
import { readFrontmatter } from "../notes/frontmatter.ts";
import { findSummary } from "../notes/summary-marks.ts";
import type { FoundNote, Vault } from "../notes/vault.ts";
import { composeVideoNote, isDraft, NOT_SUMMARISED } from "../notes/video-note.ts";
import { emitEvents, type MilestoneDeps } from "../steps/emit-events.ts";
import { eventId } from "../steps/event-id.ts";
import { runStep } from "../steps/run-step.ts";
import { reportFailure } from "../system/report-failure.ts";
import { findTranscriber } from "./find-transcriber.ts";
import { type StoredTranscript, type TranscribeDeps, transcribe } from "./transcribe.ts";
import { TranscriptSchema } from "./transcript.ts";
import { planTranscript, type TranscriptPlan } from "./transcript-plan.ts";

export interface TranscriptProcessDeps extends TranscribeDeps, MilestoneDeps {
  readonly vault: Vault;
  readonly transcriptOrder: readonly TranscriptSource[];
  readonly whisperModel: string | undefined;
  readonly now: () => Date;
}

type ProcessRequest = EventFields<"pipeline/transcript.process">;

const ID = "transcript-process";

/** Makes a transcript of a downloaded video, its note, and its line in the day's note. */
export function transcriptProcess(
  client: BusClient,
  deps: TranscriptProcessDeps,
): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [busEvents["pipeline/transcript.process"]],
      concurrency: { limit: 1 },
      retries: 2,
      onFailure: reportFailure(ID, ({ video }) => titleOf(video)),
    },
    async ({ event, runId, step }) => {
      const request = event.data;
      const { video } = request;

      const plan = await runStep(step, "transcribe:plan", () => planRun(deps, request));
      const stored =
        plan.kind === "noted"
          ? null
          : await transcribe(step, deps, { ...request, ...plan, runId, title: video.title });
      const note = await runStep(step, "create-vault-note", () => writeNote(deps, request, stored));
      await runStep(step, "update-daily-note", () => addToDay(deps, request, note));

      const events = processedEvents({ runId, video, stored, note });
      if (events.length > 0) await emitEvents(step, deps, events);
      return { noteSlug: note.slug, isNew: note.isNew, source: stored?.source ?? null };
    },
  );
}

function titleOf(video: unknown): string | undefined {
  const hasTitle = typeof video === "object" && video !== null && "title" in video;
  return hasTitle ? String(video.title) : undefined;
}

type RunPlan =
  /** The video has its note: nothing is made a second time. */
  { readonly kind: "noted" } | ({ readonly kind: "transcribe" } & TranscriptPlan);

async function planRun(deps: TranscriptProcessDeps, request: ProcessRequest): Promise<RunPlan> {
  if (await deps.vault.findVideoNote(request.video.id)) return { kind: "noted" };
  const plan = planTranscript({
    order: deps.transcriptOrder,
    captions: request.captions ?? [],
    spoken: request.language,
    availability: (source) => findTranscriber(deps, source, request.language),
  });
  return { kind: "transcribe", ...plan };
}

interface WrittenNote {
  readonly slug: string;
  /** The file's name, for links. */
  readonly name: string;
  readonly isNew: boolean;
  /** The local day on which it was transcribed. */
  readonly day: string;
  readonly hasSummary: boolean;
}

async function writeNote(
  { vault, claims, now }: TranscriptProcessDeps,
  request: ProcessRequest,
  stored: StoredTranscript | null,
): Promise<WrittenNote> {
  const { video, archivedTo, tags } = request;
  const day = localDay(now());
  if (stored) {
    const text = await claims.get(stored.transcript, "transcribe");
    const content = composeVideoNote({
      video: {
        ...video,
        channel: video.channel ?? null,
        published: video.published ?? null,
        durationSeconds: video.durationSeconds ?? null,
        archivedAt: archivedTo ?? null,
      },
      transcript: TranscriptSchema.parse(JSON.parse(text)),
      transcribedOn: day,
      tags: tags ?? [],
    });
    const place = await vault.createVideoNote({ id: video.id, title: video.title, content });
    if (place.isNew) return { ...place, day, hasSummary: false };
  }
  const note = await vault.getNote({ slug: "", id: video.id });
  return { slug: note.slug, name: note.name, isNew: false, ...readOldNote(note, day) };
}

function readOldNote(
  { content }: FoundNote,
  today: string,
): Pick<WrittenNote, "day" | "hasSummary"> {
  const { transcribed } = readFrontmatter(content);
  const summary = findSummary(content)?.summary;
  return {
    day: /^\d{4}-\d{2}-\d{2}$/.test(String(transcribed)) ? String(transcribed) : today,
    hasSummary: summary === undefined || !summary.includes(NOT_SUMMARISED),
  };
}

function addToDay(
  { vault }: TranscriptProcessDeps,
  { video }: ProcessRequest,
  { day, name }: WrittenNote,
): Promise<boolean> {
  return vault.addToDailyNote(day, {
    slug: name,
    title: video.title,
    channel: video.channel ?? null,
    durationSeconds: video.durationSeconds ?? null,
  });
}

interface Processed {
  readonly runId: string;
  readonly video: ProcessRequest["video"];
  readonly stored: StoredTranscript | null;
  readonly note: WrittenNote;
}

/**
 * A video that had its note is not told a second time, and a summary that is there is not asked for
 * again: a person who wants a new one sends content/summarize.
 */
function processedEvents({ runId, video, stored, note }: Processed): BusEvent[] {
  const events: BusEvent[] = [];
  if (stored) {
    const { transcript, source, language, segmentCount, wordCount } = stored;
    events.push({
      name: "pipeline/transcript.processed",
      id: eventId("transcript.processed", video.id, transcript.slice(transcript.indexOf("#"))),
      data: {
        video,
        noteSlug: note.slug,
        transcript,
        source,
        segmentCount,
        wordCount,
        isDraft: isDraft({ source }),
        ...(language === "und" ? {} : { language }),
      },
    });
  }
  if (!note.hasSummary) {
    events.push({
      name: "content/summarize",
      id: eventId("summarize", runId),
      data: {
        noteSlug: note.slug,
        videoId: video.id,
        ...(stored ? { transcript: stored.transcript } : {}),
      },
    });
  }
  return events;
}
