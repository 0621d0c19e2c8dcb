// Finds the waits that an event may end through one equality of their expressions, instead of trying
// each: with a hundred thousand waits for one event name, an event still looks at a few.

import type { EventPayload } from "../../core/event.ts";
import { termValueAt, waitTerms } from "../../core/expression/equality-terms.ts";
import { evaluateBoolean } from "../../core/expression/evaluate.ts";
import type { WaitMatch } from "../../core/wait.ts";

/** For a wait whose expression has no equality that an index could use. */
const NO_MATCH: WaitMatch = { path: "", json: "" };

/** The key under which a wait is stored. `trigger` is the event that started the waiting run. */
export function findWaitMatch(expression: string | null, trigger: EventPayload): WaitMatch {
  if (expression === null) return NO_MATCH;
  const [term] = waitTerms(expression, trigger);
  if (!term) return NO_MATCH;
  return { path: JSON.stringify(term.path), json: JSON.stringify(term.value) };
}

/** The key that an event has at a path that some wait was stored under; null when it can match none. */
export function eventMatch(path: string, event: EventPayload): WaitMatch | null {
  if (path === "") return NO_MATCH;
  const value = termValueAt(event, JSON.parse(path) as string[]);
  return value === null ? null : { path, json: JSON.stringify(value) };
}

/** Whether the event is the one that a wait's expression asks for. A fault in it means no. */
export function isAwaited(
  expression: string,
  events: { readonly event: EventPayload; readonly async: EventPayload },
): boolean {
  const reading = evaluateBoolean(expression, { ...events });
  return reading.ok && reading.value;
}
