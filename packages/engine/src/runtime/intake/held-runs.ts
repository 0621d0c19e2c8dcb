// Runs of events that were held for others to come. Protocol notes, section 2, "Debounce".
//
// Invariants:
//   H1. What is held has a queue item, and both go in the transaction that starts the run: it survives restarts,
//       and after downtime it starts its run once.
//   H2. Held events need nothing of the option that held them. When a sync changes or removes it, they are due
//       at once, so that no later event overtakes them; when their function is gone, they are due in time.
//   H3. Who invoked the function is answered by the run that comes of it, or told why there is none.

import type { AppFunction } from "../../core/app.ts";
import { decideUnrunnable } from "../../core/decide-unrunnable.ts";
import { debounceItemId, type QueueItem } from "../../core/queue-item.ts";
import type { Effects } from "../effects.ts";
import type { Store } from "../store.ts";
import type { Transition } from "../transition.ts";
import { admitHeld } from "./admission.ts";
import { type RunStart, startRun } from "./start-run.ts";

export function fireDebounce(transition: Transition, item: QueueItem): void {
  if (!takeDue(transition, item)) return;
  const { store, registry } = transition.deps;
  const held = store.debounces.take(item.stepId);
  if (!held) return;
  const { correlationId } = held;
  const fn = registry.findFunction(held.functionId);
  const event = store.events.find(held.eventInternalId);
  if (fn && event) {
    return startHeld(transition, { fn, event, ...(correlationId && { correlationId }) });
  }
  const what = fn ? "event" : "function";
  if (correlationId) transition.refuseInvoker(correlationId, `the ${what} is no longer kept`);
}

/** After a sync of a function: what it held under another option is due now (H2). */
export function hastenHeld(
  { store, effects, nowMs }: { store: Store; effects: Effects; nowMs: number },
  { old, fn }: { old: AppFunction; fn: AppFunction },
): void {
  // With a problem it could not run now; by the time it is due, it may be mended.
  if (fn.config.problem !== undefined || isSame(old.config.debounce, fn.config.debounce)) return;
  for (const name of store.debounces.loadNames(fn.id)) {
    const id = debounceItemId(name);
    store.queue.reschedule(id, 0, { dueAtMs: nowMs, queuedAtMs: nowMs });
    effects.put({ id, runId: "", appId: fn.appId, kind: "debounce", dueAtMs: nowMs, slots: [] });
  }
}

/** Takes the item out. False when it is gone, or was given a later time since the scheduler took it. */
function takeDue({ deps, effects, nowMs }: Transition, { id }: QueueItem): boolean {
  const item = deps.store.queue.find(id);
  if (!item) return false;
  const { kind, dueAtMs } = item;
  if (dueAtMs > nowMs) {
    effects.put({ id, runId: "", appId: "", kind, dueAtMs, slots: [] });
    return false;
  }
  deps.store.queue.remove(id);
  effects.remove(id);
  return true;
}

function startHeld(transition: Transition, start: RunStart): void {
  const { problem } = start.fn.config;
  if (problem !== undefined) return failAtOnce(transition, start, problem);
  const admission = admitHeld(transition, start);
  if (admission.kind === "refused" && start.correlationId !== undefined) {
    transition.refuseInvoker(start.correlationId, admission.reason);
  }
}

function failAtOnce(transition: Transition, start: RunStart, problem: string): void {
  const run = transition.deps.store.runs.find(startRun(transition, start));
  if (run) transition.apply(run, decideUnrunnable(problem, transition.nowMs));
}

function isSame(a: object | undefined, b: object | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
