import type { Debounce } from "./flow-control.ts";

/** What a debounce holds for one key: the newest event so far, by its `ts`. */
export interface DebouncedEvent {
  /** Function, option and evaluated key. */
  readonly name: string;
  readonly functionId: string;
  readonly eventInternalId: string;
  readonly eventTsMs: number;
  /** When the first event of this debounce was taken in. */
  readonly firstAtMs: number;
  /** The step that waits for the run, where one invoked the function. */
  readonly correlationId: string | null;
}

export type DebounceDecision =
  /** A late event that says less than what is held: it neither takes its place nor delays it. */
  | { readonly kind: "outdated" }
  | { readonly kind: "newest"; readonly firstAtMs: number; readonly dueAtMs: number };

/** `held` is null for the first event of a debounce. Of two with one `ts` the later to come is newer. */
export function decideDebounce(
  { periodMs, timeoutMs }: Debounce,
  held: Pick<DebouncedEvent, "eventTsMs" | "firstAtMs"> | null,
  event: { readonly tsMs: number; readonly nowMs: number },
): DebounceDecision {
  const { tsMs, nowMs } = event;
  if (held !== null && tsMs < held.eventTsMs) return { kind: "outdated" };
  const firstAtMs = held?.firstAtMs ?? nowMs;
  const lastAtMs = timeoutMs === undefined ? Number.POSITIVE_INFINITY : firstAtMs + timeoutMs;
  return { kind: "newest", firstAtMs, dueAtMs: Math.min(nowMs + periodMs, lastAtMs) };
}
