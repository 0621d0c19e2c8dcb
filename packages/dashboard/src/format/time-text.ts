import { formatDuration } from "./duration-text.ts";

const JUST_NOW_MS = 2_000;
const RELATIVE_MAX_MS = 12 * 3_600_000;

export interface TimeStyle {
  /** The reader's own when absent. */
  readonly locale?: string;
  readonly timeZone?: string;
}

/** How long ago, for half a day; after that the local date and time. */
export function formatWhen(atMs: number, nowMs: number, style: TimeStyle = {}): string {
  const agoMs = nowMs - atMs;
  const distanceMs = Math.abs(agoMs);
  if (distanceMs < JUST_NOW_MS) return "just now";
  if (distanceMs > RELATIVE_MAX_MS) return formatDate(atMs, nowMs, style);
  const distance = oneUnit(distanceMs);
  return agoMs > 0 ? `${distance} ago` : `in ${distance}`;
}

/** The local time to the millisecond, with its zone. */
export function formatExactTime(atMs: number, style: TimeStyle = {}): string {
  return new Intl.DateTimeFormat(style.locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
    hourCycle: "h23",
    ...(style.timeZone ? { timeZone: style.timeZone } : {}),
  }).format(atMs);
}

function formatDate(atMs: number, nowMs: number, style: TimeStyle): string {
  const isOtherYear = Math.abs(nowMs - atMs) > 180 * 86_400_000;
  return new Intl.DateTimeFormat(style.locale, {
    ...(isOtherYear ? { year: "numeric" } : {}),
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(style.timeZone ? { timeZone: style.timeZone } : {}),
  }).format(atMs);
}

/** `12 s`, not `12.3 s`: a list that counts tenths flickers. */
function oneUnit(ms: number): string {
  const coarse = ms < 60_000 ? 1_000 : ms < 3_600_000 ? 60_000 : 3_600_000;
  return formatDuration(Math.floor(ms / coarse) * coarse);
}
