// When a schedule fires: five fields or a descriptor, with a time zone before it. Protocol notes, section 2
// ("Cron"). The fields are Bun's to read; what Inngest adds is here.
//
// Invariants:
//   C1. A schedule's times depend on its text alone, not on when it was registered: after a restart the
//       next time is the one that would have come anyway.
//   C2. Without a zone the times are UTC, wherever the engine runs.
//   C3. A local time that the clock skips in spring fires once, moved by the gap (of several skipped times
//       of a schedule the first); one that comes twice in autumn fires the first time.

import { parseDurationMs } from "./duration.ts";

const ZONE_PATTERN = /^(?:CRON_)?TZ=(\S+)\s+(.*)$/;
const EVERY_PATTERN = /^@every\s+(\S+)$/;
const EVERY_MIN_MS = 1_000;
const JITTER_MIN_MS = 1_000;
const JITTER_MAX_MS = 5 * 60_000;
/** No time zone skips more than this at a change of its clock (Antarctica/Troll does). */
const GAP_MAX_MS = 2 * 60 * 60 * 1_000;

interface FieldsSchedule {
  readonly kind: "fields";
  readonly fields: string;
  readonly timeZone: string;
}

type Schedule = FieldsSchedule | { readonly kind: "every"; readonly everyMs: number };

/** What is wrong with a schedule, worded to follow its text; null for one that fires some day. */
export function findCronProblem(cron: string): string | null {
  const schedule = readSchedule(cron);
  if (typeof schedule === "string") return schedule;
  try {
    return nextScheduledMs(schedule, 0) === null ? "names a date that never comes" : null;
  } catch (error) {
    return `is no schedule: ${reasonOf(error)}`;
  }
}

/** The first time after the moment; null when there is none, or `findCronProblem` finds one. */
export function nextCronMs(cron: string, afterMs: number): number | null {
  const schedule = readSchedule(cron);
  if (typeof schedule === "string") return null;
  try {
    return nextScheduledMs(schedule, afterMs);
  } catch {
    return null;
  }
}

/**
 * The last time of a schedule up to a moment, given one that is due by then: of the times that were
 * missed, the one to catch up. Halves the span, so that a year of missed seconds takes no longer than an
 * hour of missed minutes.
 */
export function lastCronMs(cron: string, dueMs: number, untilMs: number): number {
  const hasLaterThan = (atMs: number): boolean => {
    const laterMs = nextCronMs(cron, atMs);
    return laterMs !== null && laterMs <= untilMs;
  };
  if (!hasLaterThan(dueMs)) return dueMs;
  let beforeMs = dueMs;
  let lastMs = untilMs;
  while (lastMs - beforeMs > 1) {
    const middleMs = Math.floor((beforeMs + lastMs) / 2);
    if (hasLaterThan(middleMs)) beforeMs = middleMs;
    else lastMs = middleMs;
  }
  return lastMs;
}

export function findJitterProblem(jitter: string): string | null {
  const maxMs = parseDurationMs(jitter);
  if (maxMs === null) return "is no duration";
  return maxMs < JITTER_MIN_MS || maxMs > JITTER_MAX_MS ? "is not between 1s and 5m" : null;
}

/** How much later than planned a run starts: spread over the whole jitter, and the same for the same seed. */
export function cronJitterMs(jitter: string, seed: string): number {
  return Number(BigInt(Bun.hash(seed)) % BigInt(jitterMaxMs(jitter) + 1));
}

/** The longest that a jitter can make a run late. */
export function jitterMaxMs(jitter: string): number {
  return Math.min(parseDurationMs(jitter) ?? 0, JITTER_MAX_MS);
}

/** The schedule, or what is wrong with it. */
function readSchedule(cron: string): Schedule | string {
  const [, timeZone = "UTC", rest = cron.trim()] = ZONE_PATTERN.exec(cron.trim()) ?? [];
  const every = EVERY_PATTERN.exec(rest)?.[1];
  if (every === undefined) {
    // "?" is Inngest's other way to write "*".
    return { kind: "fields", fields: rest.replace(/(^|\s)\?(?=\s|$)/g, "$1*"), timeZone };
  }
  const everyMs = parseDurationMs(every);
  if (everyMs === null || everyMs < EVERY_MIN_MS) return "needs a duration of at least 1s";
  return { kind: "every", everyMs };
}

function nextScheduledMs(schedule: Schedule, afterMs: number): number | null {
  if (schedule.kind === "every") {
    return (Math.floor(afterMs / schedule.everyMs) + 1) * schedule.everyMs;
  }
  let nextMs = parseNextMs(schedule, afterMs);
  if (!wasSetForward(schedule.timeZone, afterMs)) return nextMs;
  // Bun moves a skipped time only when it is asked from before the gap (C1).
  nextMs = parseNextMs(schedule, afterMs - GAP_MAX_MS);
  while (nextMs !== null && nextMs <= afterMs) nextMs = parseNextMs(schedule, nextMs);
  return nextMs;
}

function parseNextMs({ fields, timeZone }: FieldsSchedule, afterMs: number): number | null {
  return Bun.cron.parse(fields, new Date(afterMs), { tz: timeZone })?.getTime() ?? null;
}

/** Whether the zone's clocks have skipped something shortly before the moment. */
function wasSetForward(timeZone: string, atMs: number): boolean {
  if (timeZone === "UTC") return false;
  const shownMs = wallClockMs(timeZone, atMs) - wallClockMs(timeZone, atMs - GAP_MAX_MS);
  return shownMs > GAP_MAX_MS;
}

const wallClocks = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of the zone show, as milliseconds that only compare with each other. */
function wallClockMs(timeZone: string, atMs: number): number {
  let format = wallClocks.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("sv", {
      timeZone,
      dateStyle: "short",
      timeStyle: "medium",
    });
    wallClocks.set(timeZone, format);
  }
  return Date.parse(`${format.format(atMs).replace(" ", "T")}Z`);
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^(Invalid cron expression|Bun\.cron): /, "");
}
