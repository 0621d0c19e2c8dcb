import { evaluateBoolean } from "@system-bus/engine";
import { closeMatches } from "@system-bus/events";
import { type AppFunction, isStartedBy, type ReceivedEvent } from "@system-bus/inngest-api";
import type { EventStory, Listener } from "./facts.ts";
import { orNull, type Surroundings, type WhyDeps } from "./gather-run.ts";

const DAY_MS = 24 * 3_600_000;
const TWINS_LOOKED_AT = 200;

export async function gatherEvent(
  deps: WhyDeps,
  around: Surroundings,
  event: ReceivedEvent,
  nowMs: number,
): Promise<EventStory> {
  const { api, signal } = deps;
  const listeners = around.functions
    .filter((fn) => isStartedBy(fn, event.name))
    .map((fn) => toListener(fn, around, event));
  const names = around.functions.flatMap(({ triggers }) =>
    triggers.flatMap(({ type, value }) => (type === "EVENT" ? [value] : [])),
  );
  return {
    event,
    runs: (await orNull(api.getEventRuns(event.internalId, { signal }))) ?? [],
    listeners,
    twin: await findTwin(deps, event),
    closeMatches: listeners.length > 0 ? [] : closeMatches(event.name, [...new Set(names)]),
    nowMs,
  };
}

function toListener(fn: AppFunction, { starts }: Surroundings, event: ReceivedEvent): Listener {
  const start = starts.find(({ slug }) => slug === `${fn.app.id}-${fn.id}`) ?? null;
  const conditions = (start?.events ?? [])
    .filter(({ name }) => isStartedBy({ triggers: [{ type: "EVENT", value: name }] }, event.name))
    .map(({ condition }) => condition);
  const [condition = null] = conditions;
  // One trigger without a condition is enough, and of several any one.
  if (condition === null || conditions.length > 1) return { fn, start, condition: null };
  const { id, name, data, ts } = event;
  const reading = evaluateBoolean(condition, { event: { id, name, data, ts, user: {} } });
  return {
    fn,
    start,
    condition: reading.ok
      ? { text: condition, holds: reading.value, problem: null }
      : { text: condition, holds: null, problem: reading.problem },
  };
}

/** The same id of the sender's, at most a day before: its runs are those of both. */
async function findTwin(
  { api, signal }: WhyDeps,
  event: ReceivedEvent,
): Promise<EventStory["twin"]> {
  if (event.id === event.internalId) return null;
  const query = { name: event.name, cursor: event.internalId, limit: 100, signal };
  const sinceMs = Date.parse(event.receivedAt) - DAY_MS;
  for await (const earlier of api.eachEvent(query, TWINS_LOOKED_AT)) {
    if (Date.parse(earlier.receivedAt) < sinceMs) return null;
    if (earlier.id !== event.id) continue;
    const runs = (await orNull(api.getEventRuns(earlier.internalId, { signal }))) ?? [];
    return { eventId: earlier.internalId, runIds: runs.map(({ id }) => id) };
  }
  return null;
}
