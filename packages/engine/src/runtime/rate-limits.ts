import { type EventPayload, eventPayload, type StoredEvent } from "../core/event.ts";
import { evaluateKey } from "../core/expression/evaluate.ts";
import type { RateLimit } from "../core/flow-control.ts";
import { decideGcra } from "../core/gcra.ts";
import type { IntakeTransaction } from "./intake-transaction.ts";

/** What a key that an event lacks, or that says false, evaluates to: such an event is not limited. */
const UNLIMITED_KEY = "false";

/** Uses up one of every limit, or none when one of them refuses. */
export function takeFromRateLimits(
  { deps: { store }, nowMs }: IntakeTransaction,
  fn: { readonly id: string; readonly rateLimits: readonly RateLimit[] },
  event: StoredEvent,
): boolean {
  const payload = eventPayload(event);
  const marks: { name: string; usedUntilMs: number }[] = [];
  for (const rate of fn.rateLimits) {
    const name = findName(fn.id, rate, payload);
    if (name === null) continue;
    const decision = decideGcra(rate, store.gcra.findUsedUntilMs(name), nowMs);
    if (!decision.isAdmitted) return false;
    marks.push({ name, usedUntilMs: decision.usedUntilMs });
  }
  for (const { name, usedUntilMs } of marks) store.gcra.put(name, usedUntilMs);
  return true;
}

function findName(functionId: string, rate: RateLimit, event: EventPayload): string | null {
  const { option, key } = rate;
  if (key === undefined) return JSON.stringify([functionId, option]);
  const value = evaluateKey(key, event);
  return value === UNLIMITED_KEY ? null : JSON.stringify([functionId, option, key, value]);
}
