// `debounce`: a burst of events starts one run, with the newest. Protocol notes, section 2.

import { decideDebounce } from "../../core/debounce.ts";
import type { Debounce } from "../../core/flow-control.ts";
import { debounceItemId } from "../../core/queue-item.ts";
import type { IntakeTransaction } from "../intake/intake-transaction.ts";
import type { RunStart } from "../intake/start-run.ts";
import { nameFlowKey } from "./flow-key.ts";

const REPLACED = "invoked function was debounced: a newer event took the place of this one";

/** Holds the event in place of the one that is held for its key. False when that one is newer. */
export function holdNewest(
  transition: IntakeTransaction,
  { fn, event, correlationId }: RunStart,
  debounce: Debounce,
): boolean {
  const { deps, nowMs, effects } = transition;
  const { debounces, queue } = deps.store;
  const name = nameFlowKey(fn.id, { option: "debounce", ...debounce }, event);
  const held = debounces.find(name);
  const { internalId: eventInternalId, tsMs: eventTsMs } = event;
  const decision = decideDebounce(debounce, held, { tsMs: eventTsMs, nowMs });
  if (held) effects.hitLimit("debounce");
  if (decision.kind === "outdated") return false;

  const { firstAtMs, dueAtMs } = decision;
  const functionId = fn.id;
  const invoker = { correlationId: correlationId ?? null };
  debounces.put({ name, functionId, eventInternalId, eventTsMs, firstAtMs, ...invoker });
  const id = debounceItemId(name);
  const times = { dueAtMs, queuedAtMs: nowMs };
  const item = { id, runId: "", kind: "debounce", stepId: name, attempt: 0, ...times } as const;
  if (held) queue.reschedule(id, 0, times);
  else queue.insert({ ...item, payloadJson: null });
  effects.put({ id, runId: "", appId: fn.appId, kind: "debounce", dueAtMs, slots: [] });
  if (held?.correlationId) transition.refuseInvoker(held.correlationId, REPLACED);
  return true;
}
