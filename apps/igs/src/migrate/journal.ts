// What was sent to a target: one line for each event, appended once the target has acknowledged it.
//
//   J1. An event that stands here has arrived there. One that has arrived may be missing, after a crash: it
//       is sent again under the same id, and the target starts nothing twice within 24 hours.
//   J2. A line that a crash has torn says nothing; what comes after it begins a new line.

import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { parseJson } from "../parse-json.ts";

const EntrySchema = z.object({
  /** The source's id of the event. */
  eventId: z.string(),
  /** The target's. */
  sentId: z.string(),
  sentAt: z.string(),
});

export type JournalEntry = Readonly<z.output<typeof EntrySchema>>;

export interface Journal {
  readonly file: string;
  readonly entries: ReadonlyMap<string, JournalEntry>;
  add(entries: readonly JournalEntry[]): Promise<void>;
}

/** Nothing is made before something is added. */
export async function openJournal(stateFolder: string, targetUrl: string): Promise<Journal> {
  const file = join(stateFolder, "migrated", `${journalName(targetUrl)}.jsonl`);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  });
  const entries = new Map(
    text.split("\n").flatMap((line) => {
      const parsed = EntrySchema.safeParse(parseJson(line));
      return parsed.success ? [[parsed.data.eventId, parsed.data] as const] : [];
    }),
  );
  let isTorn = text !== "" && !text.endsWith("\n");
  return {
    file,
    entries,
    async add(added) {
      const lines = added.map((entry) => `${JSON.stringify(entry)}\n`).join("");
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await appendFile(file, isTorn ? `\n${lines}` : lines, { mode: 0o600, flush: true });
      isTorn = false;
      for (const entry of added) entries.set(entry.eventId, entry);
    },
  };
}

/** Readable, and another one for each address. */
function journalName(targetUrl: string): string {
  const readable = new URL(targetUrl).host.replace(/[^A-Za-z0-9.-]/g, "-");
  const digest = createHash("sha256").update(targetUrl).digest("hex").slice(0, 8);
  return `${readable}-${digest}`;
}
