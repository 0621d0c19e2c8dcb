// Why an event has started no run, or which it has. Pure; as much as the server's answers tell.

import type { EventStory, Listener } from "./facts.ts";
import type { EventFinding, OfEvent } from "./finding.ts";

export function explainEvent(story: EventStory): readonly EventFinding[] {
  const { event, runs, listeners, twin, closeMatches } = story;
  const of: OfEvent = { eventId: event.internalId, event: event.name };
  const started = new Set(runs.map((run) => run.function.id));
  const runIds = runs.map(({ id }) => id);
  const found: EventFinding[] = runs.length > 0 ? [{ kind: "started-runs", ...of, runIds }] : [];
  if (listeners.length === 0 && runs.length === 0) {
    return [{ kind: "no-listener", ...of, closeMatches }];
  }
  const silent = listeners.filter(({ fn }) => !started.has(fn.id));
  if (silent.length > 0 && twin !== null) {
    return [
      ...found,
      { kind: "sent-before", ...of, firstEventId: twin.eventId, runIds: twin.runIds },
    ];
  }
  return [...found, ...silent.flatMap((listener) => explainSilence(listener, story, of))];
}

/** In the order in which an engine asks: condition, pause, batch, limits, debounce. */
function explainSilence(
  { fn, start, condition }: Listener,
  { event, nowMs }: EventStory,
  of: OfEvent,
): readonly EventFinding[] {
  const about = { ...of, functionId: fn.id };
  if (fn.problem !== undefined) return [{ kind: "listener-faulty", ...about, problem: fn.problem }];
  if (condition?.holds === false) {
    return [{ kind: "condition-false", ...about, condition: condition.text }];
  }
  const unclear: readonly EventFinding[] =
    condition?.holds === null
      ? [
          {
            kind: "condition-unclear",
            ...about,
            condition: condition.text,
            problem: condition.problem ?? "",
          },
        ]
      : [];
  if (fn.pause && Date.parse(fn.pause.pausedAt) <= Date.parse(event.receivedAt)) {
    return [{ kind: "listener-paused", ...about, since: fn.pause.pausedAt }];
  }
  const held = findHolder(start);
  if (held) {
    const untilMs = Date.parse(event.receivedAt) + held.holdsMs;
    const until = untilMs > nowMs ? new Date(untilMs).toISOString() : null;
    if (until !== null) return [{ kind: "held-for-others", ...about, by: held.by, until }];
  }
  const limits = (start?.flowControl?.rateLimits ?? []).map(
    (limit): EventFinding => ({ kind: "over-a-limit", ...about, ...limit }),
  );
  if (limits.length > 0) return [...unclear, ...limits];
  if (unclear.length > 0) return unclear;
  if (held) return [{ kind: "held-for-others", ...about, by: held.by, until: null }];
  return [{ kind: "not-told", ...about }];
}

function findHolder(
  start: Listener["start"],
): { readonly by: "batchEvents" | "debounce"; readonly holdsMs: number } | null {
  const { batch, debounce } = start?.flowControl ?? {};
  if (batch) return { by: "batchEvents", holdsMs: batch.timeoutMs };
  return debounce ? { by: "debounce", holdsMs: debounce.periodMs } : null;
}
