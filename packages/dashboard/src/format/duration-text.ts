const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Two units at most: `38 ms`, `4.6 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.round(Math.max(0, durationMs));
  if (ms < SECOND_MS) return `${ms} ms`;
  const tenths = Math.round(ms / 100) / 10;
  if (tenths < 60) return `${tenths} s`;
  const seconds = Math.round(ms / SECOND_MS) * SECOND_MS;
  if (seconds < HOUR_MS) return twoUnits(seconds, [MINUTE_MS, "min"], [SECOND_MS, "s"]);
  if (seconds < DAY_MS) return twoUnits(seconds, [HOUR_MS, "h"], [MINUTE_MS, "min"]);
  return twoUnits(seconds, [DAY_MS, "d"], [HOUR_MS, "h"]);
}

type Unit = readonly [sizeMs: number, name: string];

function twoUnits(ms: number, [largeMs, large]: Unit, [smallMs, small]: Unit): string {
  const largeCount = Math.floor(ms / largeMs);
  const smallCount = Math.floor((ms - largeCount * largeMs) / smallMs);
  return smallCount === 0
    ? `${largeCount} ${large}`
    : `${largeCount} ${large} ${smallCount} ${small}`;
}
