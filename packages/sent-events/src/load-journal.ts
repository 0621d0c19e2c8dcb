import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  foldRecords,
  type JournalEntry,
  type JournalRecord,
  readRecord,
} from "./journal-record.ts";
import { listSegments } from "./segments.ts";

export interface LoadedJournal {
  /** In the order in which they were first sent. */
  readonly entries: readonly JournalEntry[];
  /** Lines that are no records: cut short by a crash, or by hand. */
  readonly unreadCount: number;
}

/** All that the journal still has. One that isn't there is empty. */
export async function loadJournal(folder: string): Promise<LoadedJournal> {
  const records: JournalRecord[] = [];
  let unreadCount = 0;
  for (const name of listSegments(folder)) {
    const input = createReadStream(join(folder, name), "utf8");
    for await (const line of createInterface({ input, crlfDelay: 0 })) {
      if (line === "") continue;
      const record = readRecord(line);
      if (record === null) unreadCount += 1;
      else records.push(record);
    }
  }
  return { entries: foldRecords(records), unreadCount };
}
