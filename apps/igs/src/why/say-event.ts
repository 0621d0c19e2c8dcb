// A sentence for each kind of finding about an event.

import { formatDuration } from "../output/format-time.ts";
import type { EventFinding } from "./finding.ts";
import { clause, counted, inTime, listRuns, perKey } from "./words.ts";

type Kind = EventFinding["kind"];
type Of<K extends Kind> = Extract<EventFinding, { readonly kind: K }>;

const SENTENCES: { readonly [K in Kind]: (finding: Of<K>, nowMs: number) => string } = {
  "no-listener": ({ event, closeMatches }) => {
    const guess = closeMatches.length === 0 ? "" : ` Did you mean ${closeMatches.join(" or ")}?`;
    return `No function listens for ${event}, so nothing was started.${guess}`;
  },
  "started-runs": ({ event, runIds }) =>
    `${event} has started ${listRuns(runIds)}; \`igs why ${runIds[0]}\` tells of ${runIds.length === 1 ? "it" : "the first"}.`,
  "condition-false": ({ functionId, condition }) =>
    `${functionId} was not started: its condition \`${condition}\` doesn't hold for this event.`,
  "condition-unclear": ({ functionId, condition, problem }) =>
    `${functionId} was not started, perhaps for its condition \`${condition}\`, which gives no answer here: ${clause(problem)}.`,
  "listener-paused": ({ functionId, since }) =>
    `${functionId} was not started: it is paused since ${since}; \`igs functions resume ${functionId}\` lets it start again.`,
  "listener-faulty": ({ functionId, problem }) =>
    `${functionId} is never started here: ${clause(problem)}.`,
  "sent-before": ({ firstEventId, runIds }) => {
    const then = runIds.length === 0 ? "it was taken then" : `it started ${listRuns(runIds)}`;
    return `An event with the same id came before (${firstEventId}), and an id starts each function once in 24 hours: ${then}.`;
  },
  "held-for-others": ({ functionId, by, until }, nowMs) => {
    const why =
      by === "debounce"
        ? "waits whether a newer event comes (debounce)"
        : "gathers events (batchEvents)";
    if (until === null) return `${functionId} ${why}, and should have been started by now.`;
    return `${functionId} ${why}, and starts ${inTime(until, nowMs)} if no other comes.`;
  },
  "over-a-limit": ({ functionId, option, limit, periodMs, key }) =>
    `${functionId} was not started, as it seems for its ${option}: at most ${counted(limit, "run")} in ${formatDuration(periodMs)}${perKey(key)}.`,
  "not-told": ({ functionId, event }) =>
    `${functionId} listens for ${event} and was not started, or not yet; the server doesn't tell why (a condition, a limit, an id that was sent before, or a function that waits for more events).`,
};

export function sayEventFinding(finding: EventFinding, nowMs: number): string {
  // The table has one entry for each kind, and that takes its kind.
  const say = SENTENCES[finding.kind] as (finding: EventFinding, nowMs: number) => string;
  return say(finding, nowMs);
}
