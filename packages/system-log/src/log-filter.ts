import type { LogEntry } from "./log-entry.ts";

/** Which entries are meant; all of it has to hold. */
export interface LogFilter {
  /** Found in action, tool, detail or reason, whatever the case. */
  readonly text?: string;
  readonly action?: string;
  readonly tool?: string;
  /** Moments in ms since 1970; both ends count. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

export function fitsFilter(entry: LogEntry, filter: LogFilter): boolean {
  const { text, action, tool, sinceMs, untilMs } = filter;
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
