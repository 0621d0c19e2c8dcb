import type { StoredEvent } from "../../core/event.ts";
import type { RateLimit } from "../../core/flow-control.ts";
import { decideGcra } from "../../core/gcra.ts";
import type { IntakeTransaction } from "../intake/intake-transaction.ts";
import { findFlowKey } from "./flow-key.ts";

/** Uses up one of every limit, or none when one of them refuses. */
export function takeFromRateLimits(
  { deps: { store }, effects, nowMs }: IntakeTransaction,
  fn: { readonly id: string; readonly rateLimits: readonly RateLimit[] },
  event: StoredEvent,
): boolean {
  const marks: { name: string; usedUntilMs: number }[] = [];
  for (const rate of fn.rateLimits) {
    const name = findFlowKey(fn.id, rate, event);
    if (name === null) continue;
    const decision = decideGcra(rate, store.gcra.findUsedUntilMs(name), nowMs);
    if (!decision.isAdmitted) {
      effects.hitLimit(rate.option);
      return false;
    }
    marks.push({ name, usedUntilMs: decision.usedUntilMs });
  }
  for (const { name, usedUntilMs } of marks) store.gcra.put(name, usedUntilMs);
  return true;
}
