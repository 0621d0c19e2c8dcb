import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { InngestApi, Run } from "@system-bus/inngest-api";
import { z } from "zod";
import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { paintStatus } from "../output/status-text.ts";
import { renderTable } from "../output/table.ts";
import { readSteps } from "../trace/steps.ts";
import type { Watched } from "./watch-chain.ts";

const NOTES = "Resources/videos";
const NOTE_LINES_MAX = 70;

/** Runs in the order in which they began, each with its steps, tries and times. */
export async function renderSteps(
  api: InngestApi,
  runs: readonly Run[],
  paint: Paint,
): Promise<string> {
  const rows: string[][] = [];
  for (const run of runs) {
    const { steps } = await loadSteps(api, run);
    rows.push([paintStatus(paint, run.status, run.function.id), "", "", took(run.durationMs)]);
    for (const step of steps) {
      const tries = step.failedAttempts.length + (step.status === "COMPLETED" ? 1 : 0);
      rows.push(["", step.name, tries > 1 ? String(tries) : "", took(step.durationMs)]);
    }
  }
  return renderTable(["function", "step", "tries", "took"], rows, { styleHeader: paint.faint });
}

async function loadSteps(api: InngestApi, run: Run) {
  return { steps: readSteps(await api.getTrace(run.id)) };
}

function took(durationMs: number | undefined): string {
  return durationMs === undefined ? "" : formatDuration(durationMs);
}

const NamesNote = z.object({ noteSlug: z.string() });

/** The note that the chain's events speak of; null when none of them names one. */
export async function findNotePath(
  api: InngestApi,
  events: Watched["events"],
  vault: string,
): Promise<string | null> {
  for (const { eventId } of events.toReversed()) {
    const named = NamesNote.safeParse((await api.getEvent(eventId)).data);
    if (named.success) return join(vault, NOTES, `${named.data.noteSlug}.md`);
  }
  return null;
}

export async function countNotes(vault: string): Promise<number> {
  const names = await readdir(join(vault, NOTES)).catch(() => []);
  return names.filter((name) => name.endsWith(".md")).length;
}

/** The note in a frame, cut where it gets long. */
export function renderNote(text: string, paint: Paint): string {
  const lines = text.trimEnd().split("\n");
  const shown = lines.slice(0, NOTE_LINES_MAX);
  const leftCount = lines.length - shown.length;
  const framed = shown.map((line) => `${paint.faint("│")} ${line}`.trimEnd());
  return leftCount > 0
    ? [...framed, paint.faint(`│ … and ${leftCount} more lines`)].join("\n")
    : framed.join("\n");
}
