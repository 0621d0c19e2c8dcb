// Which sent events a server has lost: those that it doesn't know, and those of which it knows no run
// though a function listens. A doubt counts as lost: sent again, an id starts nothing twice in 24 hours.

import {
  type AppFunction,
  type InngestApi,
  InngestApiError,
  isStartedBy,
} from "@system-bus/inngest-api";
import type { JournalEntry } from "@system-bus/sent-events";

export interface LostEvent {
  readonly entry: JournalEntry;
  readonly why: "no-event" | "no-run";
}

interface Seen {
  /** The internal ids of an event, by its name and id. */
  readonly events: ReadonlyMap<string, readonly string[]>;
  /** All of that time were listed. */
  readonly isComplete: boolean;
  /** The events that have started a run. */
  readonly started: ReadonlySet<string>;
}

export interface LookOptions {
  readonly functions: readonly AppFunction[];
  readonly onProgress: (count: number) => void;
}

const PAGE_SIZE = 100;
/** Beyond these, events are asked for one by one. */
const LISTED_MAX = 20_000;
/** How far this clock and the engine's may be apart. */
const SKEW_MS = 5 * 60_000;

export async function findLost(
  api: InngestApi,
  entries: readonly JournalEntry[],
  { functions, onProgress }: LookOptions,
): Promise<readonly LostEvent[]> {
  if (entries.length === 0) return [];
  const seen = await look(api, Math.min(...entries.map(({ sentAtMs }) => sentAtMs)) - SKEW_MS);
  const lost: LostEvent[] = [];
  for (const [index, entry] of entries.entries()) {
    onProgress(index);
    const why = await judge(api, entry, { seen, functions });
    if (why !== null) lost.push({ entry, why });
  }
  return lost;
}

async function look(api: InngestApi, sinceMs: number): Promise<Seen> {
  const since = new Date(sinceMs).toISOString();
  const events = new Map<string, string[]>();
  let count = 0;
  for await (const event of api.eachEvent({ receivedAfter: since, limit: PAGE_SIZE }, LISTED_MAX)) {
    count += 1;
    const key = keyOf(event);
    events.set(key, [...(events.get(key) ?? []), event.internalId]);
  }
  const started = new Set<string>();
  for await (const run of api.eachRun({ from: since, limit: PAGE_SIZE }, LISTED_MAX)) {
    for (const eventId of run.trigger.eventIds) started.add(eventId);
  }
  return { events, isComplete: count < LISTED_MAX, started };
}

async function judge(
  api: InngestApi,
  { event, internalIds }: JournalEntry,
  { seen, functions }: { readonly seen: Seen; readonly functions: readonly AppFunction[] },
): Promise<LostEvent["why"] | null> {
  const listed = seen.events.get(keyOf(event)) ?? [];
  const ids = [...new Set([...internalIds, ...listed])];
  if (ids.some((id) => seen.started.has(id))) return null;
  const isListener = functions.some((fn) => isStartedBy(fn, event.name));
  if (listed.length === 0) {
    if (seen.isComplete || !(await isKnown(api, internalIds))) return "no-event";
  }
  if (!isListener) return null;
  for (const id of ids) {
    // The list of runs has an end; this has none. An event that is gone has no runs to tell of.
    const runs = await orIfNotFound(() => api.getEventRuns(id), []);
    if (runs.length > 0) return null;
  }
  return "no-run";
}

async function isKnown(api: InngestApi, internalIds: readonly string[]): Promise<boolean> {
  for (const id of internalIds) {
    const event = await orIfNotFound(() => api.getEvent(id), null);
    if (event !== null) return true;
  }
  return false;
}

async function orIfNotFound<T, Other>(ask: () => Promise<T>, other: Other): Promise<T | Other> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof InngestApiError && error.code === "not-found") return other;
    throw error;
  }
}

function keyOf({ name, id }: { readonly name: string; readonly id: string }): string {
  return JSON.stringify([name, id]);
}
