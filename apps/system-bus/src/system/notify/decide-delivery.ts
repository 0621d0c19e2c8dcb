// Whether a message is told now, later with others, or not by itself. Pure.
//
//   N1. The same topic within a window is one message: the first is told at once, what follows is counted and
//       told as a number when the window ends. The run that was the first to be held waits for that.
//   N2. What may grow rare does: a topic that goes on has windows that are six times as long each time, up to
//       a day. One that was quiet for the length of its last window begins anew.
//   N3. No more than `perHourMax` topics are told in an hour. What is over is held until the hour has room, and
//       told as one. (What a window has held is told in any case; so there are twice as many at most.)
//   N4. The same event has the same answer, however often it is asked for.
//   N5. If the run that waits is lost, the next message of the topic tells the count.
//   N6. What is remembered is bounded in number and age.

export interface DeliveryLimits {
  readonly windowMs: number;
  readonly perHourMax: number;
}

export const DELIVERY_LIMITS: DeliveryLimits = { windowMs: 10 * 60_000, perHourMax: 30 };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const GROWTH = 6;
const REMEMBERED_MAX = 1_000;
const TITLES_MAX = 5;

/** A window of a topic. */
export interface Topic {
  readonly windowMs: number;
  readonly endsAtMs: number;
  readonly heldCount: number;
  readonly heldTitles: readonly string[];
  /** The event whose run waits for the window's end. */
  readonly waiting: string | null;
}

export type Verdict =
  /** `earlier`: held before, and told by nobody. */
  | { readonly kind: "tell"; readonly earlierCount: number }
  | { readonly kind: "wait"; readonly topic: string; readonly untilMs: number }
  | { readonly kind: "counted" };

export interface Ledger {
  readonly toldAtMs: readonly number[];
  readonly topics: Readonly<Record<string, Topic>>;
  /** By event: what was answered, and which targets have it. */
  readonly events: Readonly<Record<string, EventRecord>>;
}

export interface EventRecord {
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly gathered: Gathered | null;
  readonly reached: readonly string[];
}

/** What a wait has come to. */
export interface Gathered {
  readonly count: number;
  readonly titles: readonly string[];
}

export const EMPTY_LEDGER: Ledger = { toldAtMs: [], topics: {}, events: {} };

export interface Arrival {
  readonly eventId: string;
  readonly topic: string;
  readonly title: string;
  readonly mayGrowRare: boolean;
  readonly nowMs: number;
}

/** Holds what is over the hour's limit. No event has it as its topic: theirs have a slash. */
export const OVERFLOW = "overflow";

export interface Decided<T> {
  readonly next: Ledger;
  readonly answer: T;
}

export function decideDelivery(
  before: Ledger,
  arrival: Arrival,
  limits: DeliveryLimits,
): Decided<Verdict> {
  const ledger = forgetOld(before, arrival.nowMs);
  const known = own(ledger.events, arrival.eventId);
  if (known) return { next: ledger, answer: known.verdict };
  const { nowMs, topic } = arrival;
  const current = ledger.topics[topic];
  if (current && nowMs < current.endsAtMs) return hold(ledger, arrival, { topic, current });
  const fullSinceMs = ledger.toldAtMs.at(-limits.perHourMax);
  if (fullSinceMs !== undefined) {
    const endsAtMs = fullSinceMs + HOUR_MS;
    const overflow = ledger.topics[OVERFLOW] ?? emptyTopic({ windowMs: HOUR_MS, endsAtMs });
    const isOver = overflow.endsAtMs <= nowMs;
    const open = isOver ? { ...overflow, endsAtMs, waiting: null } : overflow;
    return hold(ledger, arrival, { topic: OVERFLOW, current: open });
  }
  const windowMs = nextWindowMs(current, arrival, limits);
  const verdict = { kind: "tell", earlierCount: current?.heldCount ?? 0 } as const;
  return record(
    {
      ...ledger,
      toldAtMs: [...ledger.toldAtMs, nowMs],
      topics: { ...ledger.topics, [topic]: emptyTopic({ windowMs, endsAtMs: nowMs + windowMs }) },
    },
    { eventId: arrival.eventId, nowMs, verdict },
  );
}

/** The window is over: how much was held in it. Null when somebody else has told it. */
export function gatherHeld(
  before: Ledger,
  arrival: Arrival & { readonly waitedFor: string },
): Decided<Gathered | null> {
  const { eventId, nowMs, waitedFor } = arrival;
  const known = own(before.events, eventId);
  if (known?.gathered) return { next: before, answer: known.gathered };
  const topic = before.topics[waitedFor];
  if (!topic || topic.waiting !== eventId) return { next: before, answer: null };
  const gathered = { count: topic.heldCount, titles: topic.heldTitles };
  const windowMs = arrival.mayGrowRare ? grown(topic.windowMs) : topic.windowMs;
  const next: Ledger = {
    toldAtMs: [...before.toldAtMs, nowMs],
    topics: {
      ...before.topics,
      [waitedFor]: emptyTopic({
        windowMs,
        endsAtMs: waitedFor === OVERFLOW ? nowMs : nowMs + windowMs,
      }),
    },
    events: known ? { ...before.events, [eventId]: { ...known, gathered } } : before.events,
  };
  return { next, answer: gathered };
}

export function markReached(before: Ledger, eventId: string, target: string): Decided<null> {
  const known = own(before.events, eventId);
  if (!known || known.reached.includes(target)) return { next: before, answer: null };
  const reached = { ...known, reached: [...known.reached, target] };
  return { next: { ...before, events: { ...before.events, [eventId]: reached } }, answer: null };
}

interface Held {
  readonly topic: string;
  readonly current: Topic;
}

function hold(ledger: Ledger, arrival: Arrival, { topic, current }: Held): Decided<Verdict> {
  const { eventId, nowMs, title } = arrival;
  const waiting = current.waiting ?? eventId;
  const verdict: Verdict =
    waiting === eventId ? { kind: "wait", topic, untilMs: current.endsAtMs } : { kind: "counted" };
  const held: Topic = {
    ...current,
    heldCount: current.heldCount + 1,
    heldTitles: [...current.heldTitles, title].slice(0, TITLES_MAX),
    waiting,
  };
  return record(
    { ...ledger, topics: { ...ledger.topics, [topic]: held } },
    { eventId, nowMs, verdict },
  );
}

function record(
  ledger: Ledger,
  { eventId, nowMs, verdict }: { eventId: string; nowMs: number; verdict: Verdict },
): Decided<Verdict> {
  const event: EventRecord = { atMs: nowMs, verdict, gathered: null, reached: [] };
  return { next: { ...ledger, events: { ...ledger.events, [eventId]: event } }, answer: verdict };
}

function nextWindowMs(
  current: Topic | undefined,
  { mayGrowRare, nowMs }: Arrival,
  { windowMs }: DeliveryLimits,
): number {
  if (!mayGrowRare || !current) return windowMs;
  const wasQuiet = nowMs - current.endsAtMs >= current.windowMs;
  return wasQuiet ? windowMs : grown(current.windowMs);
}

function grown(windowMs: number): number {
  return Math.min(DAY_MS, windowMs * GROWTH);
}

function emptyTopic(window: Pick<Topic, "windowMs" | "endsAtMs">): Topic {
  return { ...window, heldCount: 0, heldTitles: [], waiting: null };
}

function forgetOld(ledger: Ledger, nowMs: number): Ledger {
  const topics = Object.entries(ledger.topics)
    .filter(([, { endsAtMs, windowMs }]) => nowMs - endsAtMs < windowMs + DAY_MS)
    .toSorted(([, a], [, b]) => a.endsAtMs - b.endsAtMs);
  const events = Object.entries(ledger.events)
    .filter(([, { atMs }]) => nowMs - atMs < 3 * DAY_MS)
    .toSorted(([, a], [, b]) => a.atMs - b.atMs);
  return {
    toldAtMs: ledger.toldAtMs.filter((atMs) => nowMs - atMs < HOUR_MS),
    topics: Object.fromEntries(topics.slice(-REMEMBERED_MAX)),
    events: Object.fromEntries(events.slice(-REMEMBERED_MAX)),
  };
}

/** An event's id is its sender's choice, and may be the name of something that every object has. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
