// The journal's files: `2026-11-24.ndjson`, then `2026-11-24.1.ndjson` when that is full.

import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

export interface SegmentLimits {
  /** A segment that has reached this is followed by the day's next one. */
  readonly segmentBytesMax: number;
  /** What all of them may take; the newest is kept in any case. */
  readonly totalBytesMax: number;
  readonly daysMax: number;
}

export const SEGMENT_LIMITS: SegmentLimits = {
  segmentBytesMax: 32 * 1024 * 1024,
  totalBytesMax: 256 * 1024 * 1024,
  daysMax: 7,
};

const DAY_MS = 86_400_000;
const NAME = /^(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.ndjson$/;

/** Oldest first. */
export function listSegments(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const parts = (name: string) => {
    const [, day = "", number = "0"] = NAME.exec(name) ?? [];
    return { day, number: Number(number) };
  };
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .toSorted((one, other) => {
      const [a, b] = [parts(one), parts(other)];
      return a.day.localeCompare(b.day) || a.number - b.number;
    });
}

/** Where to write now: the day's segment that still has room. */
export function segmentFor(folder: string, nowMs: number, limits: SegmentLimits): string {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  // The last one that is there decides: those before it may have been swept.
  const last = listSegments(folder).findLast((name) => name.startsWith(day));
  if (last === undefined) return join(folder, `${day}.ndjson`);
  const size = statSync(join(folder, last), { throwIfNoEntry: false })?.size ?? 0;
  if (size < limits.segmentBytesMax) return join(folder, last);
  return join(folder, `${day}.${Number(NAME.exec(last)?.[2] ?? 0) + 1}.ndjson`);
}

export interface SegmentSize {
  readonly name: string;
  readonly sizeBytes: number;
}

/** Which go, oldest first: those past their days, and what is too much. Never the newest. */
export function decidePrune(
  segments: readonly SegmentSize[],
  nowMs: number,
  { daysMax, totalBytesMax }: SegmentLimits,
): readonly string[] {
  const firstDay = new Date(nowMs - daysMax * DAY_MS).toISOString().slice(0, 10);
  let total = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const gone: string[] = [];
  for (const { name, sizeBytes } of segments.slice(0, -1)) {
    if (name.slice(0, 10) >= firstDay && total <= totalBytesMax) break;
    gone.push(name);
    total -= sizeBytes;
  }
  return gone;
}

/** Two processes may prune at once: what is gone already is no fault. */
export function pruneSegments(folder: string, nowMs: number, limits: SegmentLimits): void {
  const segments = listSegments(folder).map((name) => ({
    name,
    sizeBytes: statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  }));
  for (const name of decidePrune(segments, nowMs, limits))
    rmSync(join(folder, name), { force: true });
}
