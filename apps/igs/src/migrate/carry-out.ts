// Sends what was planned, a few events at a time: load them, look once more whether their runs still go
// on, send, write down, and only then cancel. Killed after any of these, a second start goes on from there.

import {
  type EventToSend,
  hasEnded,
  type InngestApi,
  type ReceivedEvent,
} from "@system-bus/inngest-api";
import type { Clock } from "../clock.ts";
import type { MigrationPlan, MovingRun } from "./decide-migration.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import { mapBounded } from "./map-bounded.ts";
import type { EventFacts } from "./run-facts.ts";

export interface CarryOutOptions {
  readonly source: InngestApi;
  readonly target: InngestApi;
  readonly journal: Journal;
  readonly cancelsSource: boolean;
  /** Sends what the journal has, too. */
  readonly again: boolean;
  readonly clock: Pick<Clock, "nowMs">;
  readonly signal: AbortSignal;
  readonly onProgress: (outcome: MigrationOutcome) => void;
}

export interface RefusedEvent {
  readonly eventId: string;
  readonly name: string;
  readonly reason: string;
}

export interface MigrationOutcome {
  readonly sentCount: number;
  /** Of these events all runs had ended by the time their turn came. */
  readonly endedCount: number;
  readonly refused: readonly RefusedEvent[];
  /** Runs of the source. */
  readonly cancelledCount: number;
  readonly isInterrupted: boolean;
}

const EVENTS_AT_ONCE = 50;
/** A request may hold 10 MB; an event 512 KB. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;

const NOTHING: MigrationOutcome = {
  sentCount: 0,
  endedCount: 0,
  refused: [],
  cancelledCount: 0,
  isInterrupted: false,
};

export async function carryOut(
  plan: MigrationPlan,
  options: CarryOutOptions,
): Promise<MigrationOutcome> {
  const { signal, onProgress, cancelsSource } = options;
  const runsOf = indexRuns(plan.moving);
  let outcome = NOTHING;
  // What was sent before and still goes on here is cancelled first: there is nothing to send of it.
  const parts = [...chunks(cancelsSource ? plan.sentBefore : []), ...chunks(plan.toSend)];
  for (const part of parts) {
    if (signal.aborted) return { ...outcome, isInterrupted: true };
    const runs = [...new Set(part.flatMap(({ internalId }) => runsOf.get(internalId) ?? []))];
    const { sentCount, endedCount, refused } = await sendPart(part, runs, options);
    const cancelledCount = cancelsSource ? await cancelArrived(runs, options) : 0;
    outcome = {
      sentCount: outcome.sentCount + sentCount,
      endedCount: outcome.endedCount + endedCount,
      refused: [...outcome.refused, ...refused],
      cancelledCount: outcome.cancelledCount + cancelledCount,
      isInterrupted: false,
    };
    onProgress(outcome);
  }
  return outcome;
}

function indexRuns(moving: readonly MovingRun[]): ReadonlyMap<string, readonly MovingRun[]> {
  const index = new Map<string, MovingRun[]>();
  for (const one of moving) {
    for (const id of one.eventIds) {
      const runs = index.get(id) ?? [];
      runs.push(one);
      index.set(id, runs);
    }
  }
  return index;
}

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / EVENTS_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * EVENTS_AT_ONCE, (index + 1) * EVENTS_AT_ONCE),
  );
}

type PartOutcome = Pick<MigrationOutcome, "sentCount" | "endedCount" | "refused">;

/** `runs` are those of the events. */
async function sendPart(
  part: readonly EventFacts[],
  runs: readonly MovingRun[],
  options: CarryOutOptions,
): Promise<PartOutcome> {
  const { source, target, journal, clock } = options;
  const unsent = part.filter(({ internalId }) => !journal.entries.has(internalId) || options.again);
  if (unsent.length === 0) return NOTHING;
  const goingOn = await findGoingOn(source, runs);
  const due = unsent.filter(({ internalId }) => goingOn.has(internalId));
  const events = await mapBounded(due, ({ internalId }) => source.getEvent(internalId));
  const refused: RefusedEvent[] = [];
  let sentCount = 0;
  for (const request of splitBySize(events)) {
    const answers = await sendOrRefuse(target, request);
    const sentAt = new Date(clock.nowMs()).toISOString();
    const sent: JournalEntry[] = [];
    for (const { event, sentId, reason } of answers) {
      const { internalId: eventId, name } = event;
      if (sentId === null) refused.push({ eventId, name, reason });
      else sent.push({ eventId, sentId, sentAt });
    }
    if (sent.length > 0) await journal.add(sent);
    sentCount += sent.length;
  }
  return { sentCount, endedCount: unsent.length - due.length, refused };
}

/** Which events still have a run that goes on: minutes may lie between the plan and the yes. */
async function findGoingOn(
  source: InngestApi,
  runs: readonly MovingRun[],
): Promise<ReadonlySet<string>> {
  const ids = await mapBounded(runs, async ({ run, eventIds }) => {
    const { status } = await source.getRun(run.id);
    return hasEnded(status) ? [] : eventIds;
  });
  return new Set(ids.flat());
}

/** Only once all events of a run have arrived. */
async function cancelArrived(
  runs: readonly MovingRun[],
  { source, journal }: CarryOutOptions,
): Promise<number> {
  const arrived = runs.filter(({ eventIds }) => eventIds.every((id) => journal.entries.has(id)));
  const counts = await mapBounded(arrived, async ({ run }) => {
    try {
      await source.cancelRun(run.id);
      return 1;
    } catch (error) {
      // It has ended meanwhile, or is no longer kept, which is as good.
      if (isRefusal(error) || hasCode(error, "not-found")) return 0;
      throw error;
    }
  });
  return counts.reduce<number>((sum, count) => sum + count, 0);
}

function splitBySize(events: readonly ReceivedEvent[]): readonly ReceivedEvent[][] {
  const requests: ReceivedEvent[][] = [];
  let lastBytes = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const bytes = Buffer.byteLength(JSON.stringify(event));
    if (lastBytes + bytes > REQUEST_BYTES_MAX) {
      requests.push([]);
      lastBytes = 0;
    }
    requests.at(-1)?.push(event);
    lastBytes += bytes;
  }
  return requests;
}

interface SendAnswer {
  readonly event: ReceivedEvent;
  /** The target's id of it; null when it refused the event. */
  readonly sentId: string | null;
  readonly reason: string;
}

/** One bad event refuses its whole request, so that they are sent one by one then. */
async function sendOrRefuse(
  target: InngestApi,
  events: readonly ReceivedEvent[],
): Promise<readonly SendAnswer[]> {
  try {
    const ids = await target.sendEvents(events.map(toSend));
    return events.map((event, index) => ({ event, sentId: ids[index] ?? "", reason: "" }));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const [event, ...others] = events;
    if (event && others.length === 0) return [{ event, sentId: null, reason: error.message }];
    const answers: SendAnswer[] = [];
    for (const one of events) answers.push(...(await sendOrRefuse(target, [one])));
    return answers;
  }
}

/**
 * The id that its sender gave, else the source's own: either way the target counts it as an id that was
 * given, by which it starts each function once in 24 hours.
 */
function toSend({ id, name, data, user, v, ts }: ReceivedEvent): EventToSend {
  return { id, name, data, ts, ...(user && { user }), ...(v !== undefined && { v }) };
}

function isRefusal(error: unknown): error is Error {
  return hasCode(error, "invalid");
}

function hasCode(error: unknown, code: string): error is Error {
  return error instanceof Error && "code" in error && error.code === code;
}
