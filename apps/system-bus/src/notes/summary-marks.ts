// The only part of a note that is ever rewritten stands between two marks, each on a line of its own.
//
// M1. Everything outside the marks, frontmatter and transcript above all, stays byte for byte the same.
// M2. A note whose marks are gone, doubled or swapped is left alone: a person has taken it over.

import { createHash } from "node:crypto";

export const SUMMARY_START = "<!-- summary:start -->";
export const SUMMARY_END = "<!-- summary:end -->";

export interface MarkedNote {
  /** Up to and with the line of the start mark. */
  readonly before: string;
  readonly summary: string;
  /** From the line of the end mark on. */
  readonly after: string;
}

/** Finds the part between the marks; null where M2 forbids to touch it. */
export function findSummary(note: string): MarkedNote | null {
  const starts = [...note.matchAll(/^<!-- summary:start -->[ \t]*\r?\n/gm)];
  const ends = [...note.matchAll(/^<!-- summary:end -->[ \t]*$/gm)];
  const [start] = starts;
  const [end] = ends;
  if (!start || !end || starts.length > 1 || ends.length > 1) return null;
  const from = start.index + start[0].length;
  if (end.index < from) return null;
  return {
    before: note.slice(0, from),
    summary: note.slice(from, end.index),
    after: note.slice(end.index),
  };
}

/** Puts `summary` between the marks and proves M1 on the result. Null where M2 forbids it. */
export function spliceSummary(note: string, summary: string): string | null {
  const marked = findSummary(note);
  if (!marked) return null;
  const spliced = `${marked.before}${withoutComments(summary).trim()}\n${marked.after}`;
  if (hashOutsideMarks(spliced) !== hashOutsideMarks(note)) {
    throw new Error(
      "The summary would change the note outside its marks; the note is left as it was",
    );
  }
  return spliced;
}

/** A text from a model could hold our marks, and so move the end of what we may rewrite. */
function withoutComments(summary: string): string {
  return summary.replace(/<!--/g, "&lt;!--");
}

/** A fingerprint of all that a summary must not change. */
export function hashOutsideMarks(note: string): string {
  const marked = findSummary(note);
  const kept = marked ? `${marked.before}\u0000${marked.after}` : note;
  return createHash("sha256").update(kept).digest("hex");
}
