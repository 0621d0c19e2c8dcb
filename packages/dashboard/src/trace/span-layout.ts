import type { RunStep, TraceSpan } from "@system-bus/inngest-api";
import { formatDuration } from "../format/duration-text.ts";

/** One piece of a bar, in percent of the time line. */
export interface BarPiece {
  /** `pending`: queued, or between two attempts. */
  readonly kind: "pending" | "attempt";
  readonly status: TraceSpan["status"];
  readonly leftPct: number;
  readonly widthPct: number;
}

export interface Tick {
  readonly leftPct: number;
  readonly label: string;
}

export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A time line of no length would divide by nothing. */
const LENGTH_MIN_MS = 1;
const TICKS_MAX = 5;

/** From the first moment that is known of a run to its end, or to now while it goes on. */
export function spanOf(
  run: { readonly queuedAtMs: number | undefined; readonly endedAtMs: number | undefined },
  steps: readonly RunStep[],
  nowMs: number,
): TimeSpan {
  const times = steps.flatMap((step) => [step.queuedAtMs ?? step.startedAtMs, step.endedAtMs]);
  const known = [run.queuedAtMs, run.endedAtMs, ...times].filter((time) => time !== undefined);
  const goesOn = run.endedAtMs === undefined;
  const fromMs = known.length === 0 ? nowMs : Math.min(...known);
  const toMs = Math.max(...known, goesOn ? nowMs : fromMs);
  return { fromMs, toMs: Math.max(toMs, fromMs + LENGTH_MIN_MS) };
}

/** The pieces of one step's bar, from left to right; none where nothing of it has begun. */
export function layoutBar(step: RunStep, span: TimeSpan): readonly BarPiece[] {
  const pieces: BarPiece[] = [];
  let endMs = step.queuedAtMs;
  for (const attempt of step.attempts) {
    if (attempt.startedAtMs === undefined) continue;
    const attemptEndMs = attempt.endedAtMs ?? span.toMs;
    if (endMs !== undefined && attempt.startedAtMs > endMs)
      pieces.push(piece("pending", step.status, endMs, attempt.startedAtMs, span));
    pieces.push(piece("attempt", attempt.status, attempt.startedAtMs, attemptEndMs, span));
    endMs = attemptEndMs;
  }
  const isWaiting = step.endedAtMs === undefined && endMs !== undefined && endMs < span.toMs;
  if (isWaiting) pieces.push(piece("pending", step.status, endMs ?? 0, span.toMs, span));
  return pieces;
}

function piece(
  kind: BarPiece["kind"],
  status: BarPiece["status"],
  fromMs: number,
  toMs: number,
  span: TimeSpan,
): BarPiece {
  const leftPct = percentOf(fromMs, span);
  return { kind, status, leftPct, widthPct: Math.max(0, percentOf(toMs, span) - leftPct) };
}

function percentOf(atMs: number, { fromMs, toMs }: TimeSpan): number {
  const percent = ((atMs - fromMs) / (toMs - fromMs)) * 100;
  return Math.round(Math.min(100, Math.max(0, percent)) * 1_000) / 1_000;
}

/** Round distances from the beginning: `0 ms`, `1 s`, `2 s`, … */
export function layoutTicks(span: TimeSpan): readonly Tick[] {
  const lengthMs = span.toMs - span.fromMs;
  const gapMs = roundGapMs(lengthMs / TICKS_MAX);
  const count = Math.floor(lengthMs / gapMs) + 1;
  return Array.from({ length: count }, (_, index) => ({
    leftPct: percentOf(span.fromMs + index * gapMs, span),
    label: index === 0 ? "0" : formatDuration(index * gapMs),
  }));
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Above a second people count in sixties and twenty-fours, not in tens. */
const GAPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
];

/** The smallest round gap that is no less than this; whole days beyond the list. */
function roundGapMs(leastMs: number): number {
  return GAPS_MS.find((gapMs) => gapMs >= leastMs) ?? Math.ceil(leastMs / DAY_MS) * DAY_MS;
}
