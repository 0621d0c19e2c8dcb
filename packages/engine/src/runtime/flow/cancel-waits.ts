// `cancelOn`: the events that cancel a run are waits of it, found through the same index as the waits of
// steps, and gone with the run. Protocol notes, section 2.
//
// Invariant:
//   C1. Only an event that is taken in after the run was created cancels it. The order of intake decides,
//       not the ids' times: a sender whose clock is slow can cancel, too.

import { parseTimeOrDuration } from "../../core/duration.ts";
import { eventPayload, type StoredEvent } from "../../core/event.ts";
import type { CancelTrigger } from "../../core/flow-control.ts";
import { findWaitMatch } from "../intake/wait-matching.ts";
import type { Store } from "../store.ts";

const TIMEOUT_DEFAULT_MS = 365 * 24 * 60 * 60 * 1_000;

export function addCancelWaits(
  { deps: { store }, nowMs }: { readonly deps: { readonly store: Store }; readonly nowMs: number },
  run: {
    readonly runId: string;
    readonly cancelOn: readonly CancelTrigger[];
    readonly event: StoredEvent;
  },
): void {
  const trigger = eventPayload(run.event);
  run.cancelOn.forEach(({ event, expression = null, timeout }, index) => {
    const endsAtMs = timeout === undefined ? null : parseTimeOrDuration(timeout, nowMs);
    const wait = {
      purpose: "cancel",
      runId: run.runId,
      stepId: `cancel:${index}`,
      eventName: event,
      expression,
      expiresAtMs: endsAtMs ?? nowMs + TIMEOUT_DEFAULT_MS,
    } as const;
    store.waits.insert(wait, findWaitMatch(expression, trigger));
  });
}
