import { z } from "zod";

const EventSchema = z.object({
  name: z.string().min(1),
  id: z.string().min(1),
  data: z.record(z.string(), z.unknown()).optional(),
  ts: z.number().optional(),
  v: z.string().optional(),
});

/** What the journal keeps of an event: enough to send it again, under the same id. */
export type SentEvent = Readonly<z.output<typeof EventSchema>>;

/**
 * One line of the journal. `sent` stands before the send is attempted; `acknowledged` holds the ids
 * that the engine gave; `refused` says that the sender was told of a failure, and has it in hand.
 */
export const RecordSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("sent"),
    atMs: z.number(),
    engineUrl: z.string(),
    event: EventSchema,
  }),
  z.object({
    type: z.literal("acknowledged"),
    atMs: z.number(),
    name: z.string(),
    id: z.string(),
    internalId: z.string(),
  }),
  z.object({ type: z.literal("refused"), atMs: z.number(), name: z.string(), id: z.string() }),
]);

export type JournalRecord = Readonly<z.output<typeof RecordSchema>>;

/** One event with all that the journal knows of it, however often it was sent. */
export interface JournalEntry {
  readonly event: SentEvent;
  /** Where it was last sent to. */
  readonly engineUrl: string;
  /** Of the last time. */
  readonly sentAtMs: number;
  /** Under which the engine knows it: one for each acknowledgement, oldest first. */
  readonly internalIds: readonly string[];
  /** The last attempt failed, and its sender knows. */
  readonly isRefused: boolean;
}

/** Null for what is no record: a line that a crash cut short, or one of a later version. */
export function readRecord(line: string): JournalRecord | null {
  try {
    const parsed = RecordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The same event is one whose name and id are the same, as an engine sees it. */
export function foldRecords(records: Iterable<JournalRecord>): readonly JournalEntry[] {
  const entries = new Map<string, JournalEntry>();
  for (const record of records) {
    const { name, id } = record.type === "sent" ? record.event : record;
    const key = JSON.stringify([name, id]);
    const known = entries.get(key);
    const next = applyRecord(known, record);
    if (next !== undefined) entries.set(key, next);
  }
  return [...entries.values()];
}

/** A mark whose event is gone with an older segment says nothing. */
function applyRecord(
  entry: JournalEntry | undefined,
  record: JournalRecord,
): JournalEntry | undefined {
  switch (record.type) {
    case "sent":
      return {
        event: record.event,
        engineUrl: record.engineUrl,
        sentAtMs: record.atMs,
        internalIds: entry?.internalIds ?? [],
        isRefused: false,
      };
    case "acknowledged":
      return entry && { ...entry, internalIds: [...entry.internalIds, record.internalId] };
    case "refused":
      return entry && { ...entry, isRefused: true };
  }
}
