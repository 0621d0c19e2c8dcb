import {
  type DataProblem,
  findProblems,
  formatProblems,
  type ParsedEvent,
  parseEvent,
} from "@system-bus/events";
import type { EventToSend } from "@system-bus/inngest-api";
import { z } from "zod";
import { CliError } from "../output/failure.ts";
import type { CheckedEvent } from "./check-event.ts";
import {
  type EventList,
  type LineProblem,
  type ListedEvent,
  readEventList,
} from "./read-event-list.ts";
import { readTimestamp } from "./timestamp.ts";

/** What the engine takes of one event: docs/compatibility.md, "security". */
const EVENT_BYTES_MAX = 512 * 1024;
/** More than this is no list that one types `igs send` for, and would have to lie in memory at once. */
const EVENTS_MAX = 100_000;
const PROBLEMS_SHOWN_MAX = 100;
const TS_MIN_MS = Date.UTC(1980);
const TS_MAX_MS = Date.UTC(2100);

const moment = z
  .union([z.number(), z.string()])
  .transform((value) => (typeof value === "string" ? readTimestamp(value) : value))
  .refine(
    (ms) => ms !== null && Number.isInteger(ms) && ms >= TS_MIN_MS && ms < TS_MAX_MS,
    "must be milliseconds since 1970 or a date, from 1980 to 2100",
  );

const EntrySchema = z.strictObject({
  name: z
    .string()
    .regex(/\S/, "must not be blank")
    .max(512)
    .refine(
      (name) => !name.startsWith("inngest/"),
      "must not begin with inngest/: these are the engine's",
    ),
  data: z.record(z.string(), z.unknown()).optional(),
  id: z.string().min(1, "must not be empty").max(1_000).optional(),
  ts: moment.optional(),
  v: z.string().min(1, "must not be empty").optional(),
});

export interface CheckedEvents {
  readonly events: readonly EventToSend[];
  /** Each name once, for those who look for listeners. */
  readonly names: readonly CheckedEvent[];
  readonly warnings: readonly string[];
}

/**
 * Holds each of many events to its schema; `defaultName` is that of events without one. Throws one error
 * that names every problem with its line: all or nothing.
 */
export function checkEvents(text: string, defaultName: string | undefined): CheckedEvents {
  const list = readEventList(text);
  const count = list.events.length + list.problems.length;
  if (count === 0) throw refuse("there is no event in it.");
  if (count > EVENTS_MAX) {
    throw refuse(`there are ${count} events in it; ${EVENTS_MAX} are the most at once.`);
  }
  const judged = list.events.map((listed) => judge(listed, defaultName));
  const problems = [...list.problems, ...judged.flatMap(({ problems }) => problems)];
  if (problems.length > 0) throw malformed(list, problems);
  const sent = judged.flatMap(({ sent }) => sent ?? []);
  return {
    events: sent.map(({ event }) => event),
    names: [...new Map(sent.map(({ checked }) => [checked.name, checked])).values()],
    warnings: [...new Set(sent.flatMap(({ checked }) => checked.warnings)), ...findRepeats(sent)],
  };
}

interface Sent {
  readonly line: number;
  readonly event: EventToSend;
  readonly checked: CheckedEvent;
}

interface Judged {
  readonly sent?: Sent;
  readonly problems: readonly LineProblem[];
}

function judge({ line, value }: ListedEvent, defaultName: string | undefined): Judged {
  const entry = withName(value, defaultName);
  const tell = (problem: string): LineProblem => ({ line, problem });
  const shape = findProblems(EntrySchema, entry, "event");
  if (shape.length > 0) return { problems: shape.map((one) => tell(formatProblem(one))) };
  const { name, data = {}, id, ts, v } = EntrySchema.parse(entry);
  const parsed = parseEvent(name, data);
  if (parsed.kind === "invalid") {
    return { problems: parsed.problems.map((one) => tell(`${name}: ${formatProblem(one)}`)) };
  }
  const checked = toChecked(parsed, name, data);
  const event: EventToSend = {
    ...{ name: checked.name, data },
    ...(id === undefined ? {} : { id }),
    ...(typeof ts === "number" ? { ts } : {}),
    ...(v === undefined ? {} : { v }),
  };
  const sizeBytes = Buffer.byteLength(JSON.stringify(event));
  if (sizeBytes > EVENT_BYTES_MAX) {
    return { problems: [tell(`${name}: has ${sizeBytes} bytes; ${EVENT_BYTES_MAX} are the most`)] };
  }
  return { sent: { line, event, checked }, problems: [] };
}

function withName(value: unknown, defaultName: string | undefined): unknown {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord && defaultName !== undefined ? { name: defaultName, ...value } : value;
}

function toChecked(
  parsed: Exclude<ParsedEvent, { kind: "invalid" }>,
  name: string,
  data: Record<string, unknown>,
): CheckedEvent {
  if (parsed.kind === "unknown") return { name, data, isKnown: false, warnings: [] };
  const warnings = parsed.alias ? [`${name} is sent as ${parsed.event.name}.`] : [];
  return { name: parsed.event.name, data, isKnown: true, warnings };
}

/** An id starts a function once: the second of two in one list starts nothing. */
function findRepeats(sent: readonly Sent[]): readonly string[] {
  const lines = Map.groupBy(
    sent.filter(({ event }) => event.id !== undefined),
    ({ event }) => `${event.name} ${event.id}`,
  );
  const repeated = [...lines.values()].filter((same) => same.length > 1);
  return repeated.slice(0, PROBLEMS_SHOWN_MAX).map((same) => {
    const where = same
      .map(({ line }) => line)
      .slice(0, 5)
      .join(", ");
    return `The lines ${where} have the id ${same[0]?.event.id}: only one of them starts runs.`;
  });
}

function malformed(
  { events, problems: unread }: EventList,
  problems: readonly LineProblem[],
): CliError {
  const total = events.length + unread.length;
  const badCount = new Set(problems.map(({ line }) => line)).size;
  const shown = problems
    .toSorted((a, b) => a.line - b.line)
    .slice(0, PROBLEMS_SHOWN_MAX)
    .map(({ line, problem }) => `line ${line}: ${problem}`);
  const more = problems.length - shown.length;
  const lines = more > 0 ? [...shown, `and ${more} more`] : shown;
  const count =
    total === 1 ? "the event is malformed" : `${badCount} of ${total} events are malformed`;
  return new CliError({
    code: "event-invalid",
    message: `Nothing was sent: ${count}.\n${lines.join("\n")}`,
    fix: 'Correct those lines; an event is {"name": …, "data": {…}}, and `igs schema <name>` shows what its data holds.',
  });
}

function refuse(reason: string): CliError {
  return new CliError({
    code: "usage",
    message: `Nothing was sent: ${reason}`,
    fix: 'Give a JSON array or one JSON object a line: {"name": "a/b", "data": {…}}.',
  });
}

function formatProblem(problem: DataProblem): string {
  return formatProblems([problem]);
}
