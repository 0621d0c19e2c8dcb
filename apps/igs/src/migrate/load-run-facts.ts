import type { InngestApi, ReceivedEvent, Run, RunQuery } from "@system-bus/inngest-api";
import { CliError } from "../output/failure.ts";
import { readSteps } from "../trace/steps.ts";
import { mapBounded } from "./map-bounded.ts";
import type { EventFacts, RunFacts } from "./run-facts.ts";

export interface RunChoice {
  readonly functionId?: string | undefined;
  readonly appId?: string | undefined;
  /** ISO 8601; of the time a run was queued. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (doneCount: number, allCount: number) => void;
}

/** Facts of more would be hundreds of megabytes; `--until` makes the first part of them. */
const RUNS_MAX = 100_000;
const PAGE_SIZE = 100;

/** The unfinished runs that are meant, oldest first. The source goes on meanwhile. */
export async function loadRunFacts(
  api: InngestApi,
  choice: RunChoice,
  { signal, onProgress }: LoadOptions,
): Promise<readonly RunFacts[]> {
  const runs = await Array.fromAsync(api.eachRun({ ...toQuery(choice), signal }, RUNS_MAX + 1));
  if (runs.length > RUNS_MAX) throw tooMany(runs);
  const events = new Map<string, Promise<EventParts>>();
  const loadOnce = (eventId: string) => {
    const known = events.get(eventId) ?? loadEventParts(api, eventId, signal);
    events.set(eventId, known);
    return known;
  };
  let doneCount = 0;
  return mapBounded(runs, async (run) => {
    const facts = await loadOne(api, run, { loadOnce, signal });
    doneCount += 1;
    onProgress(doneCount, runs.length);
    return facts;
  });
}

function toQuery({ functionId, appId, since, until }: RunChoice): RunQuery {
  return {
    status: ["QUEUED", "RUNNING"],
    order: "ASC",
    limit: PAGE_SIZE,
    ...(functionId === undefined ? {} : { functionId: [functionId] }),
    ...(appId === undefined ? {} : { appId: [appId] }),
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Null for an event that is no longer kept. */
type EventParts = { readonly event: EventFacts; readonly runs: readonly Run[] } | null;

async function loadOne(
  api: InngestApi,
  run: Run,
  {
    loadOnce,
    signal,
  }: { loadOnce: (eventId: string) => Promise<EventParts>; readonly signal: AbortSignal },
): Promise<RunFacts> {
  const { eventIds } = run.trigger;
  // A run that nobody has called yet has no steps.
  const [parts, steps] = await Promise.all([
    Promise.all(eventIds.map(loadOnce)),
    run.startedAt === undefined ? [] : loadSteps(api, run.id, signal),
  ]);
  const kept = parts.filter((part) => part !== null);
  const siblings = kept.flatMap(({ runs }) => runs).filter(({ id }) => id !== run.id);
  return {
    run,
    events: kept.map(({ event }) => event),
    goneEventCount: eventIds.length - kept.length,
    siblings: [...new Map(siblings.map((sibling) => [sibling.id, sibling])).values()],
    steps,
  };
}

async function loadEventParts(
  api: InngestApi,
  eventId: string,
  signal: AbortSignal,
): Promise<EventParts> {
  const event = await api.getEvent(eventId, { signal }).catch(nullIfGone);
  if (event === null) return null;
  return { event: toFacts(event), runs: await api.getEventRuns(eventId, { signal }) };
}

function toFacts({ internalId, name, data }: ReceivedEvent): EventFacts {
  const marks = data["_inngest"];
  const isStepInvocation = typeof marks === "object" && marks !== null && "correlation_id" in marks;
  return { internalId, name, isStepInvocation };
}

async function loadSteps(api: InngestApi, runId: string, signal: AbortSignal) {
  const root = await api.getTrace(runId, { signal }).catch(nullIfGone);
  return (root === null ? [] : readSteps(root)).map(({ name, op, status }) => ({
    name,
    op,
    isDone: status === "COMPLETED" || status === "FAILED",
  }));
}

/** The packages' errors are known by their names: a command loads no more than it needs. */
function nullIfGone(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "not-found") return null;
  throw error;
}

function tooMany(runs: readonly Run[]): CliError {
  return new CliError({
    code: "refused",
    message: `There are more than ${RUNS_MAX} unfinished runs. Nothing was sent.`,
    fix: `Move a part of them first, such as --until ${runs.at(-1)?.queuedAt}.`,
  });
}
