import { join } from "node:path";
import type { InngestApi, Run } from "@system-bus/inngest-api";
import { z } from "zod";
import { formatDuration } from "../output/format-time.ts";
import type { Paint } from "../output/paint.ts";
import { paintStatus } from "../output/status-text.ts";
import { renderTable } from "../output/table.ts";
import { readSteps } from "../trace/steps.ts";

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
    rows.push([paintStatus(paint, run.status, run.function.id), "", "", took(run.durationMs)]);
    for (const step of readSteps(await api.getTrace(run.id))) {
      const tries = step.failedAttempts.length + (step.status === "COMPLETED" ? 1 : 0);
      rows.push(["", step.name, tries > 1 ? String(tries) : "", took(step.durationMs)]);
    }
  }
  return renderTable(["function", "step", "tries", "took"], rows, { styleHeader: paint.faint });
}

function took(durationMs: number | undefined): string {
  return durationMs === undefined ? "" : formatDuration(durationMs);
}

const NotedSchema = z.object({ noteSlug: z.string(), isNew: z.boolean() });

export interface Noted {
  readonly path: string;
  /** False when the video had its note before. */
  readonly isNew: boolean;
}

/** The note that `transcript-process` made or found; null when no run came that far. */
export async function findNote(
  api: InngestApi,
  runs: readonly Run[],
  vault: string,
): Promise<Noted | null> {
  for (const { id } of runs) {
    const { output } = await api.getRun(id, { includeOutput: true });
    const noted = NotedSchema.safeParse(output);
    if (!noted.success) continue;
    const { noteSlug, isNew } = noted.data;
    return { path: join(vault, NOTES, `${noteSlug}.md`), isNew };
  }
  return null;
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
