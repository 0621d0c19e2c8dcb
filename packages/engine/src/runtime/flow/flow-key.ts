import { type EventPayload, eventPayload, type StoredEvent } from "../../core/event.ts";
import { evaluateKey } from "../../core/expression/evaluate.ts";

/** What a key that an event lacks, or that says false, evaluates to: the option then does not apply. */
const EXEMPT_KEY = "false";

/** Names what an option counts together, for one event: null when the event is exempt from it. */
export function findFlowKey(
  functionId: string,
  { option, key }: { readonly option: string; readonly key?: string },
  event: StoredEvent,
): string | null {
  if (key === undefined) return JSON.stringify([functionId, option]);
  const payload: EventPayload = eventPayload(event);
  const value = evaluateKey(key, payload);
  return value === EXEMPT_KEY ? null : JSON.stringify([functionId, option, key, value]);
}
