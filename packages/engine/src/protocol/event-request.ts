// What is posted to the event API: protocol notes, section 1.9.
//
// A request is taken whole or not at all: one bad event among many refuses them all, so that a sender who
// sends them again makes no doubles. Written by hand, as it runs for every event.

import { NAME_CHARS_MAX } from "../core/limits.ts";
import { parseJson } from "./json.ts";
import { isRecord } from "./record.ts";

const EVENTS_PER_REQUEST_MAX = 5_000;
export const EVENT_BYTES_MAX = 512 * 1024;
export const ID_CHARS_MAX = 1_000;
export const TS_MIN_MS = Date.UTC(1980);
export const TS_MAX_MS = Date.UTC(2100);
/** The engine's own events; whoever could send them could fake the end of a run. */
const RESERVED_PREFIX = "inngest/";
/** The engine's own field in an event's data; only its own events have one. */
const RESERVED_KEY = "_inngest";
const SEED_PATTERN = /^(\d{1,15}),([A-Za-z0-9+/]{14}==)$/;

/** An event as it was sent. What is absent is for the engine to fill in: id, and the time of receipt. */
export interface IncomingEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
  readonly id?: string;
  readonly v?: string;
  readonly tsMs?: number;
}

/** The sender's part in the ids of its events, so that a request sent twice stores each event once. */
export interface IdSeed {
  readonly ms: number;
  readonly entropy: Uint8Array;
}

export type EventRequestReading =
  | { readonly ok: true; readonly events: readonly IncomingEvent[] }
  | { readonly ok: false; readonly problem: string };

/** `body` holds one event or a list. The problem names the first bad event and its field. */
export function readEventRequest(body: string): EventRequestReading {
  const parsed = parseJson(body);
  if (!parsed.ok) return bad(`The body is ${parsed.problem}.`);
  if (!Array.isArray(parsed.value)) return readEvents([parsed.value], body, () => "event");
  const { length } = parsed.value;
  if (length > EVENTS_PER_REQUEST_MAX) {
    return bad(
      `The list has ${length} events; ${EVENTS_PER_REQUEST_MAX} are the most per request.`,
    );
  }
  return readEvents(parsed.value, body, (index) => `events[${index}]`);
}

/** Null for a header that is missing or no seed: the events get ids of their own. */
export function readIdSeed(header: string | null | undefined): IdSeed | null {
  const [, ms, entropy] = SEED_PATTERN.exec(header ?? "") ?? [];
  if (ms === undefined || entropy === undefined || !isMoment(Number(ms))) return null;
  return { ms: Number(ms), entropy: Uint8Array.from(Buffer.from(entropy, "base64")) };
}

/** A pattern is a name, or the beginning of one followed by a star: `shop/*`, `shop/order.*`. */
export function eventMatchesTrigger(name: string, pattern: string): boolean {
  if (pattern.endsWith("/*") || pattern.endsWith(".*")) {
    return name.startsWith(pattern.slice(0, -1));
  }
  return name === pattern;
}

function readEvents(
  values: readonly unknown[],
  body: string,
  placeAt: (index: number) => string,
): EventRequestReading {
  const isLarge = body.length * 3 > EVENT_BYTES_MAX;
  const events: IncomingEvent[] = [];
  for (const [index, value] of values.entries()) {
    const event = isLarge && isTooLarge(value) ? TOO_LARGE : readEvent(value);
    if (typeof event === "string") return bad(`${placeAt(index)}${event}.`);
    events.push(event);
  }
  return { ok: true, events };
}

const TOO_LARGE = ` is larger than ${EVENT_BYTES_MAX} bytes: store the payload and send a reference`;

function isTooLarge(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value)) > EVENT_BYTES_MAX;
}

/** The event, or what is wrong with it, worded to follow its place. */
function readEvent(value: unknown): IncomingEvent | string {
  if (!isRecord(value)) return " is no object";
  const { name, data, user, id, v, ts } = value;
  const problem = findNameProblem(name) ?? findFieldProblem({ data, user, id, v, ts });
  if (problem !== null) return problem;
  return {
    // All of these were just checked: a text, and objects where there is anything.
    name: name as string,
    data: withoutReserved((data ?? {}) as Record<string, unknown>),
    user: (user ?? {}) as Record<string, unknown>,
    ...(typeof id === "string" && id !== "" && { id }),
    ...(typeof v === "string" && v !== "" && { v }),
    ...(typeof ts === "number" && ts !== 0 && { tsMs: ts }),
  };
}

function findNameProblem(name: unknown): string | null {
  if (typeof name !== "string") return ".name is missing or no text";
  if (name.trim() === "") return ".name is empty";
  if (name.length > NAME_CHARS_MAX) return `.name has more than ${NAME_CHARS_MAX} characters`;
  return name.startsWith(RESERVED_PREFIX)
    ? `.name starts with "inngest/", which is reserved`
    : null;
}

function findFieldProblem(fields: {
  readonly data: unknown;
  readonly user: unknown;
  readonly id: unknown;
  readonly v: unknown;
  readonly ts: unknown;
}): string | null {
  const { data, user, id, v, ts } = fields;
  if (!isAbsent(data) && !isRecord(data)) return ".data is no object";
  if (!isAbsent(user) && !isRecord(user)) return ".user is no object";
  if (!isAbsent(id) && typeof id !== "string") return ".id is no text";
  if (typeof id === "string" && id.length > ID_CHARS_MAX) {
    return `.id has more than ${ID_CHARS_MAX} characters`;
  }
  if (!isAbsent(v) && typeof v !== "string") return ".v is no text";
  // Zero is how some senders write "no time".
  if (isAbsent(ts) || ts === 0) return null;
  if (typeof ts !== "number" || !Number.isInteger(ts)) {
    return ".ts is no whole number of milliseconds since 1970";
  }
  return isMoment(ts) ? null : ".ts is not between 1980 and 2100, in milliseconds since 1970";
}

function withoutReserved(data: Record<string, unknown>): Record<string, unknown> {
  if (!Object.hasOwn(data, RESERVED_KEY)) return data;
  const { [RESERVED_KEY]: _reserved, ...rest } = data;
  return rest;
}

function isMoment(ms: number): boolean {
  return ms >= TS_MIN_MS && ms < TS_MAX_MS;
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function bad(problem: string): EventRequestReading {
  return { ok: false, problem };
}
