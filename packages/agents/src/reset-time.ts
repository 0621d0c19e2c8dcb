const UNIT_MS = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
} as const;

const AMOUNT =
  /(\d+(?:\.\d+)?)\s*(ms|milliseconds?|d|days?|h|hours?|m|min|mins|minutes?|s|secs?|seconds?)(?![a-z])/gi;
const SPAN =
  /(?:(?:try again|retry|resets?) (?:in|after) |retryDelay[\\":\s]+)(~?)((?:\d+(?:\.\d+)?\s*[a-z]+[\s,]*(?:and\s+)?)+)/i;
const CLOCK =
  /(?:try again|resets?) at (?:([A-Z][a-z]{2}) (\d{1,2})(?:st|nd|rd|th), (\d{4}) )?(\d{1,2}):(\d{2}) ?([AP]M)/i;

/**
 * When a limit ends, by the words of the agent: "try again in 1m30s", pi's "in ~154 min", Google's
 * `"retryDelay": "33s"`, or codex's "try again at 4:05 PM" and "at Nov 25th, 2026 4:05 PM", which is this
 * machine's time. Never too early: what is rounded to a minute means the end of that minute. Null when it
 * isn't said.
 */
export function readResetAtMs(message: string, saidAtMs: number): number | null {
  const [, about, span] = SPAN.exec(message) ?? [];
  if (span !== undefined) {
    return saidAtMs + Math.ceil(spanMs(span)) + (about === "~" ? UNIT_MS.m : 0);
  }
  const clock = CLOCK.exec(message);
  return clock === null ? null : clockMs(clock, saidAtMs);
}

function spanMs(span: string): number {
  return [...span.matchAll(AMOUNT)]
    .map(([, amount, unit = ""]) => Number(amount) * unitMs(unit.toLowerCase()))
    .reduce((sum, ms) => sum + ms, 0);
}

function unitMs(unit: string): number {
  if (unit.startsWith("ms") || unit.startsWith("milli")) return UNIT_MS.ms;
  // The pattern lets nothing else through than these four and words that begin with them.
  return UNIT_MS[unit.slice(0, 1) as "d" | "h" | "m" | "s"];
}

function clockMs(clock: RegExpExecArray, saidAtMs: number): number | null {
  const [, month, day, year, hour, minute, half] = clock;
  const hours = (Number(hour) % 12) + (half?.toUpperCase() === "PM" ? 12 : 0);
  const at = month === undefined ? new Date(saidAtMs) : new Date(`${month} ${day}, ${year}`);
  at.setHours(hours, Number(minute) + 1, 0, 0);
  // Said late in the evening of a time in the morning.
  if (month === undefined && at.getTime() <= saidAtMs) at.setDate(at.getDate() + 1);
  return Number.isNaN(at.getTime()) ? null : at.getTime();
}
