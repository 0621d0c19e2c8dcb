// Phrases that several sentences have in common.

import { formatDuration } from "../output/format-time.ts";

/** An error's first line is what a sentence can hold. */
const ERROR_CHARACTERS_MAX = 300;

/** ` for 3 min 02 s, until … (in 5.0 s)`, as far as it is known. */
export function times(
  span: { readonly since: string | null; readonly until: string | null },
  nowMs: number,
): string {
  const until = span.until === null ? "" : `, until ${span.until} (${inTime(span.until, nowMs)})`;
  return `${since(span.since, nowMs)}${until}`;
}

export function since(at: string | null, nowMs: number): string {
  return at === null ? "" : ` for ${formatDuration(nowMs - Date.parse(at))}`;
}

export function ago(at: string | null, nowMs: number): string {
  return at === null ? "" : ` ${formatDuration(nowMs - Date.parse(at))} ago`;
}

export function inTime(at: string, nowMs: number): string {
  const leftMs = Date.parse(at) - nowMs;
  return leftMs <= 0 ? "at any moment" : `in ${formatDuration(leftMs)}`;
}

/** Fit for the middle of a sentence: the first line, without its full stop. */
export function clause(text: string): string {
  const [line = ""] = text.split("\n");
  const clipped =
    line.length <= ERROR_CHARACTERS_MAX ? line : `${line.slice(0, ERROR_CHARACTERS_MAX - 1)}…`;
  return clipped.trim().replace(/\.$/, "");
}

const RUNS_NAMED_MAX = 3;

export function listRuns(runIds: readonly string[]): string {
  const shown = runIds.slice(0, RUNS_NAMED_MAX).map((id) => `run ${id}`);
  const moreCount = runIds.length - shown.length;
  return [...shown, ...(moreCount > 0 ? [`${moreCount} more`] : [])].join(", ");
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function perKey(key: string | null): string {
  return key === null ? "" : ` for each \`${key}\``;
}
