import { WAIT_MS_MAX } from "./limits.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  w: 7 * 24 * 3_600_000,
  d: 24 * 3_600_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

// `ms` stands before `m` and `s`: the first alternative that fits wins.
const PART_PATTERN = /(\d+(?:\.\d+)?)(ms|us|µs|ns|w|d|h|m|s)/y;
const ISO_DATE_PATTERN =
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2}))?$/;
/** No duration that makes sense is longer; a bound on the work that text from outside can ask for. */
const TEXT_CHARS_MAX = 100;

/**
 * Reads a duration as Go and Inngest write it: `1h30m`, `1d`, `1.5s`, `500ms`. Null for anything else;
 * the empty text is the important case, since the SDK turns `"1m30s"` and 0 into it.
 */
export function parseDurationMs(text: string): number | null {
  if (text === "" || text.length > TEXT_CHARS_MAX) return null;
  let totalMs = 0;
  PART_PATTERN.lastIndex = 0;
  while (PART_PATTERN.lastIndex < text.length) {
    const part = PART_PATTERN.exec(text);
    if (part === null) return null;
    const [, count = "", unit = ""] = part;
    totalMs += Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  }
  const rounded = Math.round(totalMs);
  return Number.isSafeInteger(rounded) ? rounded : null;
}

/**
 * The moment that a Sleep or the end of a wait names: a duration from now or an ISO date. A date in the
 * past is due at once. Null for what is neither, or further away than `WAIT_MS_MAX`.
 */
export function parseTimeOrDuration(text: string, nowMs: number): number | null {
  const durationMs = parseDurationMs(text);
  const dueAtMs = durationMs === null ? parseIsoDate(text) : nowMs + durationMs;
  if (dueAtMs === null || dueAtMs - nowMs > WAIT_MS_MAX) return null;
  return dueAtMs;
}

/** `Date.parse` alone takes `"1"` and `"May"` for dates. */
export function parseIsoDate(text: string): number | null {
  if (text.length > TEXT_CHARS_MAX || !ISO_DATE_PATTERN.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}
