// The journal of sent events: `igs recover` sends again from it what a server has lost.
//
//   J1. An event is on disk before its send is attempted: one append and one fsync for a batch.
//   J2. What came of it is marked after the send, without an fsync: a mark that is lost costs one look
//       at the engine.
//   J3. One append is one write on a file opened with O_APPEND, so that processes that append at once
//       never mix their bytes. Each line stands between two newlines: one that a crash or a full disk
//       cut short spoils no other.
//   J4. Only the user who runs the bus can read it: folder 0700, files 0600.
//   J5. It is bounded in days and bytes; the sweep comes with each new segment.

import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, fsync, mkdirSync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import type { JournalRecord, SentEvent } from "./journal-record.ts";
import { pruneSegments, SEGMENT_LIMITS, type SegmentLimits, segmentFor } from "./segments.ts";

export interface SentEventsOptions {
  readonly folder: string;
  /** The address that events are sent to: what another server lost is none of this one's. */
  readonly engineUrl: string;
  readonly nowMs: () => number;
  readonly createId?: () => string;
  readonly limits?: SegmentLimits;
  /** A journal that can't be written keeps nothing from being sent: the engine decides about that. */
  readonly onFault: (message: string) => void;
}

/** What a sender needs of the journal. */
export interface SentEvents {
  /** The event with an id: its own, or a new one. */
  withId<Event extends object>(
    event: Event & { readonly id?: string | undefined },
  ): Event & { readonly id: string };
  /**
   * Journals the events, sends them, and marks what came of it. `send` returns the engine's ids in
   * the order of the events; what it throws is thrown.
   */
  around<Answer extends { readonly ids: readonly string[] }>(
    events: readonly SentEvent[],
    send: () => Promise<Answer>,
  ): Promise<Answer>;
}

const fsyncOf = promisify(fsync);

export function createSentEvents(options: SentEventsOptions): SentEvents {
  const { nowMs, engineUrl, createId = randomUUID, onFault } = options;
  const append = async (records: readonly JournalRecord[], isSynced: boolean) => {
    if (records.length === 0) return;
    try {
      await appendRecords(options, records, isSynced);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onFault(
        `${options.folder} can't be written (${reason}): what is sent now can't be recovered; free some room, or give the bus's user the right to write there`,
      );
    }
  };
  return {
    withId: (event) => ({ ...event, id: event.id || createId() }),
    async around(events, send) {
      await append(
        events.map((event) => ({ type: "sent", atMs: nowMs(), engineUrl, event: onlyKept(event) })),
        true,
      );
      try {
        const answer = await send();
        await append(markAcknowledged(events, answer.ids, nowMs()), false);
        return answer;
      } catch (error) {
        const atMs = nowMs();
        await append(
          events.map(({ name, id }) => ({ type: "refused", atMs, name, id })),
          false,
        );
        throw error;
      }
    },
  };
}

function markAcknowledged(
  events: readonly SentEvent[],
  ids: readonly string[],
  atMs: number,
): readonly JournalRecord[] {
  return events.flatMap(({ name, id }, index) => {
    const internalId = ids[index];
    return internalId === undefined ? [] : [{ type: "acknowledged", atMs, name, id, internalId }];
  });
}

function onlyKept({ name, id, data, ts, v }: SentEvent): SentEvent {
  return {
    ...{ name, id },
    ...(data === undefined ? {} : { data }),
    ...(ts === undefined ? {} : { ts }),
    ...(v === undefined ? {} : { v }),
  };
}

async function appendRecords(
  { folder, nowMs, limits = SEGMENT_LIMITS }: SentEventsOptions,
  records: readonly JournalRecord[],
  isSynced: boolean,
): Promise<void> {
  const bytes = Buffer.from(records.map((record) => `\n${JSON.stringify(record)}\n`).join(""));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const fd = openSync(segmentFor(folder, nowMs(), limits), "a", 0o600);
  try {
    if (fstatSync(fd).size === 0) pruneSegments(folder, nowMs(), limits);
    const count = writeSync(fd, bytes);
    if (count !== bytes.length) throw new Error(`only ${count} of ${bytes.length} bytes fitted`);
    if (isSynced) await fsyncOf(fd);
  } finally {
    closeSync(fd);
  }
}
