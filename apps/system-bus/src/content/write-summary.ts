import type { ClaimStore } from "../claims/claim-store.ts";
import type { NoteName, Vault } from "../notes/vault.ts";
import { TranscriptSchema } from "../video/transcript.ts";
import { extractSummary } from "./extractive.ts";
import { createQuoteFinder } from "./find-quote.ts";
import type { NoteFacts } from "./note-transcript.ts";
import { renderSummary, type SummarySource } from "./render-summary.ts";
import type { Summary } from "./summary.ts";

/** The note that is being summarised, as the first step has read it. */
export interface ReadNote extends NoteFacts {
  readonly slug: string;
  readonly id: string | null;
  /** Claims: the transcript, and the same as text for an agent. */
  readonly transcript: string;
  readonly material: string;
}

export interface SummaryDeps {
  readonly vault: Vault;
  readonly claims: ClaimStore;
}

/** What the last step tells of it. */
export interface WrittenSummary {
  readonly kind: "written";
  readonly by: SummarySource;
  readonly model: string | null;
  /** Pages that were opened for it. */
  readonly research: readonly string[];
  /** False when the same stood there already. */
  readonly isChanged: boolean;
}

export interface ModelSummary {
  readonly by: Exclude<SummarySource, "extractive">;
  readonly model: string | undefined;
  readonly summary: Summary;
  readonly remark?: string | undefined;
}

/** Splices in what a model returned, but for quotes that nobody said. */
export async function writeModelSummary(
  deps: SummaryDeps,
  note: ReadNote,
  { by, model, summary, remark }: ModelSummary,
): Promise<WrittenSummary> {
  const findQuote = createQuoteFinder(await loadSegments(deps, note));
  const quotes = summary.quotes.flatMap(({ text }) => findQuote(text) ?? []);
  const text = renderSummary({ by, model, summary, quotes, remark });
  const isChanged = await deps.vault.writeSummary(nameOf(note), () => text);
  return {
    kind: "written",
    by,
    model: model ?? null,
    research: summary.research.map(({ url }) => url),
    isChanged,
  };
}

/** Makes and splices in a summary without any model. */
export async function writeExtractiveSummary(
  deps: SummaryDeps,
  note: ReadNote,
  remark: string | undefined,
): Promise<WrittenSummary> {
  const extracted = extractSummary(await loadSegments(deps, note), note);
  const text = renderSummary({ by: "extractive", model: undefined, ...extracted, remark });
  const isChanged = await deps.vault.writeSummary(nameOf(note), () => text);
  return { kind: "written", by: "extractive", model: null, research: [], isChanged };
}

export async function loadSegments(
  { claims }: Pick<SummaryDeps, "claims">,
  { transcript }: ReadNote,
) {
  const text = await claims.get(transcript, "read-note");
  return TranscriptSchema.parse(JSON.parse(text)).segments;
}

function nameOf({ slug, id }: ReadNote): NoteName {
  return { slug, ...(id === null ? {} : { id }) };
}
