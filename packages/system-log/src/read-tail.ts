import { fstatSync } from "node:fs";
import { linesFromEnd, withLog } from "./lines.ts";
import { type LogEntry, readLine } from "./log-entry.ts";
import { fitsFilter, type LogFilter } from "./log-filter.ts";

/** The last entries that fit, oldest first. Malformed lines are passed over: `validateLog` names them. */
export function readTail(
  file: string,
  countMax: number,
  filter: LogFilter = {},
): readonly LogEntry[] {
  return withLog(file, [], (fd) =>
    lastEntries(fd, { countMax, endAt: fstatSync(fd).size, filter }),
  );
}

export interface TailOptions {
  readonly countMax: number;
  readonly endAt: number;
  readonly filter?: LogFilter | undefined;
}

/** The last entries before a place in the file, which must be the end of a line or of the file. */
export function lastEntries(
  fd: number,
  { countMax, endAt, filter = {} }: TailOptions,
): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  if (countMax <= 0) return entries;
  for (const bytes of linesFromEnd(fd, { endAt })) {
    const line = readLine(bytes);
    if (line.kind === "entry" && fitsFilter(line.entry, filter)) entries.push(line.entry);
    if (entries.length >= countMax) break;
  }
  return entries.reverse();
}
