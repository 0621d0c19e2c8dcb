// The one way into the system log.
//
//   A1. One entry is one `write` on a file opened with O_APPEND: two processes never mix their bytes
//       and neither overwrites the other.
//   A2. A line that a crash or a full disk cut short stays alone: the next append begins a new line.
//   A3. One event makes one line. The last `LOOK_BACK_BYTES` are searched for its id: at least 16
//       of the longest lines, and some 5,000 of the usual ones. Events are delivered again within
//       minutes or hours, not after thousands of others.
//   A4. Looking and writing happen in one turn without an await, so within a process nothing comes
//       between. (Only the worker's one process writes entries that carry an event id.)
//   A5. When it returns, the line is on disk.

import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { hasCode, linesFromEnd } from "./lines.ts";
import { formatLine, type LogEntry, readLine } from "./log-entry.ts";
import { SystemLogError } from "./system-log-error.ts";

const LOOK_BACK_BYTES = 4 * 1024 * 1024;

export type AppendOutcome = "appended" | "already-there";

/** Adds one entry; makes folder and file where they are missing. Throws a SystemLogError. */
export function appendLine(file: string, entry: LogEntry): AppendOutcome {
  const line = formatLine(entry);
  try {
    mkdirSync(dirname(file), { recursive: true });
    return appendTo(file, line, entry.eventId);
  } catch (error) {
    const cure = hasCode(error, "ENOSPC")
      ? "the disk is full"
      : "check the vault and its permissions";
    throw new SystemLogError(
      "LOG_NOT_WRITTEN",
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}; ${cure}`,
      { cause: error },
    );
  }
}

function appendTo(file: string, line: string, eventId: string | undefined): AppendOutcome {
  const fd = openSync(file, "a+");
  try {
    if (eventId !== undefined && isLogged(fd, eventId)) return "already-there";
    const bytes = Buffer.from(endsInsideLine(fd) ? `\n${line}` : line);
    const count = writeSync(fd, bytes);
    if (count !== bytes.length) throw new Error(`only ${count} of ${bytes.length} bytes fitted`);
    fsyncSync(fd);
    return "appended";
  } finally {
    closeSync(fd);
  }
}

function isLogged(fd: number, eventId: string): boolean {
  // A cheap look before the parse: most lines are of other events.
  const needle = Buffer.from(JSON.stringify(eventId));
  for (const bytes of linesFromEnd(fd, { bytesMax: LOOK_BACK_BYTES })) {
    if (!Buffer.from(bytes).includes(needle)) continue;
    const line = readLine(bytes);
    if (line.kind === "entry" && line.entry.eventId === eventId) return true;
  }
  return false;
}

function endsInsideLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last.toString("latin1") !== "\n";
}
