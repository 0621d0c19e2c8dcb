import { fstatSync } from "node:fs";
import { linesFromEnd, withLog } from "./lines.ts";
import { type LogEntry, readLine } from "./log-entry.ts";

/** The last entries, oldest first. Malformed lines are passed over: `validateLog` names them. */
export function readTail(file: string, countMax: number): readonly LogEntry[] {
  return withLog(file, [], (fd) => lastEntries(fd, { countMax, endAt: fstatSync(fd).size }));
}

/** The last entries before a place in the file, which must be the end of a line or of the file. */
export function lastEntries(
  fd: number,
  { countMax, endAt }: { readonly countMax: number; readonly endAt: number },
): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  if (countMax <= 0) return entries;
  for (const bytes of linesFromEnd(fd, { endAt })) {
    const line = readLine(bytes);
    if (line.kind === "entry") entries.push(line.entry);
    if (entries.length >= countMax) break;
  }
  return entries.reverse();
}
