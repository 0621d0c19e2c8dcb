// What is in the log as a whole. These read every line, block by block.

import { linesFromStart, withLog } from "./lines.ts";
import { type LogEntry, readLine } from "./log-entry.ts";
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

export interface LogQuery {
  /** Found in action, tool, detail or reason, whatever the case. */
  readonly text?: string;
  readonly action?: string;
  readonly tool?: string;
  /** Moments in ms since 1970; both ends count. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** The newest are kept. */
  readonly countMax: number;
}

/** Entries that fit, oldest first. */
export function searchLog(file: string, query: LogQuery): readonly LogEntry[] {
  return withLog<readonly LogEntry[]>(file, [], (fd) => {
    const found: LogEntry[] = [];
    for (const bytes of linesFromStart(fd)) {
      const line = readLine(bytes);
      if (line.kind !== "entry" || !fits(line.entry, query)) continue;
      found.push(line.entry);
      if (found.length > query.countMax) found.shift();
    }
    return found;
  });
}

function fits(entry: LogEntry, { text, action, tool, sinceMs, untilMs }: LogQuery): boolean {
  const atMs = Date.parse(entry.timestamp);
  const words = [entry.action, entry.tool, entry.detail, entry.reason ?? ""];
  return (
    (action === undefined || entry.action === action) &&
    (tool === undefined || entry.tool === tool) &&
    (sinceMs === undefined || atMs >= sinceMs) &&
    (untilMs === undefined || atMs <= untilMs) &&
    (text === undefined || words.some((one) => one.toLowerCase().includes(text.toLowerCase())))
  );
}

export interface LogFreshness {
  /** The last entry's timestamp; null when there is none. */
  readonly lastAt: string | null;
  /** How long ago that was: what a health check compares. Never negative. */
  readonly ageMs: number | null;
}

export interface LogStats extends LogFreshness {
  readonly count: number;
  readonly problemCount: number;
}

/** Reads only the end of the log, so a health check can ask for it each time. */
export function logFreshness(file: string, nowMs: number): LogFreshness {
  const last = readTail(file, 1).at(0);
  if (last === undefined) return { lastAt: null, ageMs: null };
  return { lastAt: last.timestamp, ageMs: Math.max(0, nowMs - Date.parse(last.timestamp)) };
}

export function logStats(file: string, nowMs: number): LogStats {
  const { entryCount, problemCount } = validateLog(file);
  return { count: entryCount, problemCount, ...logFreshness(file, nowMs) };
}
