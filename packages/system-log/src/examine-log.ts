// What is in the log as a whole. These read every line, block by block.

import { linesFromStart, withLog } from "./lines.ts";
import { type LogEntry, readLine } from "./log-entry.ts";
import { fitsFilter, type LogFilter } from "./log-filter.ts";
import { readTail } from "./read-tail.ts";

/** A log full of rubbish must not fill the memory; the count goes on. */
const PROBLEMS_SHOWN_MAX = 1_000;

export interface LineProblem {
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly reason: string;
}

export interface LogValidation {
  readonly entryCount: number;
  readonly problemCount: number;
  /** The first thousand. */
  readonly problems: readonly LineProblem[];
}

/** Every line that is not an entry, with its number and the reason. Blank lines are fine. */
export function validateLog(file: string): LogValidation {
  const nothing: LogValidation = { entryCount: 0, problemCount: 0, problems: [] };
  return withLog(file, nothing, (fd) => {
    const problems: LineProblem[] = [];
    let entryCount = 0;
    let problemCount = 0;
    let lineNumber = 0;
    for (const bytes of linesFromStart(fd)) {
      lineNumber += 1;
      const line = readLine(bytes);
      if (line.kind === "entry") entryCount += 1;
      if (line.kind !== "malformed") continue;
      problemCount += 1;
      if (problems.length < PROBLEMS_SHOWN_MAX) {
        problems.push({ line: lineNumber, reason: line.reason });
      }
    }
    return { entryCount, problemCount, problems };
  });
}

export interface LogQuery extends LogFilter {
  /** The newest are kept. */
  readonly countMax: number;
}

/** Entries that fit, oldest first. */
export function searchLog(file: string, query: LogQuery): readonly LogEntry[] {
  return withLog<readonly LogEntry[]>(file, [], (fd) => {
    const found: LogEntry[] = [];
    for (const bytes of linesFromStart(fd)) {
      const line = readLine(bytes);
      if (line.kind !== "entry" || !fitsFilter(line.entry, query)) continue;
      found.push(line.entry);
      if (found.length > query.countMax) found.shift();
    }
    return found;
  });
}

export interface LogFreshness {
  /** The last entry's timestamp; null when there is none. */
  readonly lastAt: string | null;
  /** How long ago that was: what a health check compares. Never negative. */
  readonly ageMs: number | null;
}

/** Reads only the end of the log, so a health check can ask for it each time. */
export function logFreshness(file: string, nowMs: number): LogFreshness {
  const last = readTail(file, 1).at(0);
  if (last === undefined) return { lastAt: null, ageMs: null };
  return { lastAt: last.timestamp, ageMs: Math.max(0, nowMs - Date.parse(last.timestamp)) };
}
