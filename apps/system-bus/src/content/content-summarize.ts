import { type BusClient, type BusEvent, busEvents, type EventFields } from "@system-bus/events";
import type { SummarySettings } from "@system-bus/settings";
import { type GetStepTools, type InngestFunction, NonRetriableError } from "inngest";
import { readFrontmatter } from "../notes/frontmatter.ts";
import type { FoundNote } from "../notes/vault.ts";
import { emitEvents, type MilestoneDeps } from "../steps/emit-events.ts";
import { eventId } from "../steps/event-id.ts";
import { runStep } from "../steps/run-step.ts";
import { reportFailure } from "../system/report-failure.ts";
import { type Transcript, TranscriptSchema, toTranscript } from "../video/transcript.ts";
import { WorkerError } from "../worker-error.ts";
import { findSummaryWay } from "./find-summary-way.ts";
import { readNoteFacts, readTranscriptSection } from "./note-transcript.ts";
import { type AgentDeps, summarizeWithAgent } from "./summarize-with-agent.ts";
import {
  inferRequest,
  type ModelSettings,
  readModelAnswer,
  shareRemark,
} from "./summarize-with-model.ts";
import { transcriptText } from "./summary-prompt.ts";
import type { SummaryWay } from "./summary-way.ts";
import {
  loadSegments,
  type ReadNote,
  type WrittenSummary,
  writeExtractiveSummary,
  writeModelSummary,
} from "./write-summary.ts";

export interface ContentSummarizeDeps extends AgentDeps, MilestoneDeps {
  readonly home: string;
  readonly summary: SummarySettings;
}

type SummarizeRequest = EventFields<"content/summarize">;
type Step = GetStepTools<BusClient>;

const ID = "content-summarize";

/** Writes a note's summary between its marks; the rest of the note stays byte for byte the same. */
export function contentSummarize(
  client: BusClient,
  deps: ContentSummarizeDeps,
): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [busEvents["content/summarize"]],
      concurrency: { limit: 1 },
      retries: 2,
      onFailure: reportFailure(ID, ({ noteSlug }) => String(noteSlug)),
    },
    async ({ event, runId, step }) => {
      const request = event.data;
      const { note, way } = await runStep(step, "read-note", () => readNote(deps, runId, request));
      const written = await enrich(step, deps, { runId, note, way, wish: request.prompt });
      await emitEvents(step, deps, [summarizedEvent(runId, note, written)]);
      return { noteSlug: note.slug, by: written.by, isChanged: written.isChanged };
    },
  );
}

interface Reading {
  readonly note: ReadNote;
  readonly way: SummaryWay;
}

const MATERIAL_CHARACTERS_MAX = 600_000;

async function readNote(
  deps: ContentSummarizeDeps,
  runId: string,
  request: SummarizeRequest,
): Promise<Reading> {
  const way = await findSummaryWay(deps.summary, deps);
  const found = await deps.vault.getNote({ slug: request.noteSlug, id: request.videoId });
  const transcript = await findTranscript(deps, found, request.transcript);
  const { text } = transcriptText(transcript.segments, MATERIAL_CHARACTERS_MAX);
  const { id } = readFrontmatter(found.content);
  return {
    way,
    note: {
      ...readNoteFacts(found.content, found.name),
      slug: found.slug,
      id: typeof id === "string" ? id : null,
      transcript: await deps.claims.put(runId, "transcript.json", JSON.stringify(transcript)),
      material: await deps.claims.put(runId, "transcript.md", `# Transcript\n\n${text}\n`),
    },
  };
}

function modelSettings({ modelUrl, model, modelKey }: SummarySettings): ModelSettings | null {
  return modelUrl === undefined || model === undefined
    ? null
    : { url: modelUrl, model, key: modelKey };
}

/** The stored transcript, or what the note shows of it: a person may ask for a note of last year. */
async function findTranscript(
  { claims }: ContentSummarizeDeps,
  { content, path }: FoundNote,
  claim: string | undefined,
): Promise<Transcript> {
  if (claim !== undefined) {
    const stored = await claims.get(claim, "transcribe").catch((error: unknown) => {
      if (error instanceof WorkerError && error.code === "CLAIM_MISSING") return null;
      throw error;
    });
    if (stored !== null) return TranscriptSchema.parse(JSON.parse(stored));
  }
  const segments = readTranscriptSection(content);
  if (segments.length > 0 || /No speech was recognised/.test(content)) {
    return toTranscript({ segments, language: undefined, source: "note" });
  }
  throw new WorkerError(
    "NOTE_MISSING",
    `${path} holds no transcript that could be summarised: it needs a call-out "> [!note]- Transcript" with marks like **[0:01:30]**`,
  );
}

interface Enriching extends Reading {
  readonly runId: string;
  readonly wish: string | undefined;
}

/** The chosen way; where none was asked for by name, the next best when it fails, and the note says so. */
async function enrich(
  step: Step,
  deps: ContentSummarizeDeps,
  { runId, note, way, wish }: Enriching,
): Promise<WrittenSummary> {
  const isAuto = deps.summary.by === "auto";
  const model = modelSettings(deps.summary);
  let remark = way.kind === "extractive" ? way.remark : undefined;
  if (way.kind === "agent") {
    const { name, command } = way;
    const written = await summarizeWithAgent(step, deps, { runId, note, name, command, wish });
    if (written.kind === "written") return written;
    if (!isAuto)
      throw new NonRetriableError(
        `${written.reason}. Run ${name} by hand to see, then send content/summarize for ${note.slug} again`,
      );
    remark = written.reason;
  }
  if (way.kind === "model" || (way.kind === "agent" && model !== null)) {
    const written = await summarizeWithModel(step, deps, { note, wish, model, isAuto });
    if (typeof written !== "string") return written;
    remark = written;
  }
  const id = way.kind === "extractive" ? "pi-enrich" : "pi-enrich:extractive";
  return runStep(step, id, () => writeExtractiveSummary(deps, note, remark));
}

interface ModelRequest {
  readonly note: ReadNote;
  readonly wish: string | undefined;
  readonly model: ModelSettings | null;
  readonly isAuto: boolean;
}

/** Returns why it failed, when another way may be tried. */
async function summarizeWithModel(
  step: Step,
  deps: ContentSummarizeDeps,
  { note, wish, model, isAuto }: ModelRequest,
): Promise<WrittenSummary | string> {
  if (model === null)
    throw new NonRetriableError("SUMMARY_BY=model needs SUMMARY_MODEL_URL and SUMMARY_MODEL");
  const segments = await loadSegments(deps, note);
  try {
    const completion = await step.ai.infer(
      "pi-enrich:infer",
      inferRequest(model, { ...note, wish }, segments),
    );
    return await runStep(step, "pi-enrich", async () => {
      const answer = readModelAnswer(completion);
      const remark = shareRemark(segments);
      return writeModelSummary(deps, note, {
        by: "model",
        ...answer,
        model: answer.model ?? model.model,
        remark,
      });
    });
  } catch (error) {
    if (!isAuto) throw error;
    return `The model failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function summarizedEvent(runId: string, note: ReadNote, written: WrittenSummary): BusEvent {
  const research = written.research.filter(
    (url) => /^https?:\/\/[^\s]+$/i.test(url) && URL.canParse(url),
  );
  return {
    name: "content/summarized",
    id: eventId("summarized", runId),
    data: {
      noteSlug: note.slug,
      title: note.title,
      summarizedBy: written.by,
      ...(note.id === null ? {} : { videoId: note.id }),
      ...(written.model === null ? {} : { model: written.model }),
      ...(research.length === 0 ? {} : { research }),
    },
  };
}
