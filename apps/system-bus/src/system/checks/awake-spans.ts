// When the bus was on. Checks come with each heartbeat; where two are much further apart than that, the
// machine was off or asleep, or nothing was scheduled at all: then no function can be blamed for anything.

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Two heartbeats: one may be late or lost. */
const GAP_MAX_MS = 2 * 15 * 60_000;
const SPANS_MAX = 100;

/** Pure: the spans with this moment in them. The oldest are forgotten. */
export function extendAwake(spans: readonly Span[], nowMs: number): readonly Span[] {
  const last = spans.at(-1);
  // A clock that was set back.
  if (last && nowMs < last.fromMs) return [{ fromMs: nowMs, toMs: nowMs }];
  if (last && nowMs - last.toMs <= GAP_MAX_MS) {
    return [...spans.slice(0, -1), { fromMs: last.fromMs, toMs: Math.max(last.toMs, nowMs) }];
  }
  return [...spans, { fromMs: nowMs, toMs: nowMs }].slice(-SPANS_MAX);
}
