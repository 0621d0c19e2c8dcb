import type { EventPayload } from "../../core/event.ts";
import type { EventRecord } from "../../core/event-list.ts";
import type { RunSummary } from "../../core/run-list.ts";
import { assembleTrace } from "../../core/trace.ts";
import { findSpan, type TraceSpan } from "../../core/trace-span.ts";
import { isUlid } from "../../core/ulid.ts";
import type { ReadStore } from "../../runtime/read-store.ts";
import { eventNotFound, moment } from "../json-answer.ts";
import { createAppResolvers } from "./app-resolvers.ts";
import { spanOutputFields, spanView } from "./span-view.ts";

/** Inngest's own tools ask for up to 999 at once. */
const STREAM_MAX = 1_000;
const RUNS_OF_EVENT_MAX = 100;

/** The root value of a query: one function for each of its fields. */
export function createResolvers(reads: ReadStore) {
  const viewRun = (run: RunSummary) => ({
    id: run.id,
    status: run.status,
    queuedAt: moment(run.queuedAtMs),
    startedAt: run.startedAtMs === null ? null : moment(run.startedAtMs),
    endedAt: run.endedAtMs === null ? null : moment(run.endedAtMs),
    function: { id: run.functionId, name: run.functionName, slug: run.functionSlug },
    trace: () => viewTrace(reads, run.id),
  });

  const viewRunsOf = (eventId: string) => {
    const page = { after: null, limit: RUNS_OF_EVENT_MAX, withOutput: false };
    return reads.loadRunsOfEvent(eventId, page).map(viewRun);
  };

  return {
    ...createAppResolvers(reads),
    run: ({ runID }: { runID: string }) => {
      const run = reads.findRun(runID, { withOutput: false });
      return run && viewRun(run);
    },
    runTraceSpanOutputByID: ({ outputID }: { outputID: string }) => findOutput(reads, outputID),
    eventV2: ({ id }: { id: string }) => {
      const event = isUlid(id) ? reads.findEvent(id) : null;
      if (!event) throw eventNotFound(id);
      return viewEvent(event, viewRunsOf);
    },
    events: ({ query }: { query: { limit: number } }) =>
      loadRecent(reads, query.limit, true).map((event) => ({
        id: event.internalId,
        name: event.name,
        payload: JSON.stringify(payloadOf(event).data),
        createdAt: moment(event.receivedAtMs),
      })),
    stream: ({ query }: { query: { limit: number; includeInternalEvents: boolean } }) =>
      loadRecent(reads, query.limit, query.includeInternalEvents).map((event) => ({
        id: event.internalId,
        trigger: event.name,
        createdAt: moment(event.receivedAtMs),
        runs: () => viewRunsOf(event.internalId),
      })),
  };
}

function viewTrace(reads: ReadStore, runId: string) {
  const parts = reads.findTraceParts(runId, { withPayloads: false });
  return parts && spanView(assembleTrace(parts), runId);
}

/** Null for an id that names no span: the run may be gone by now. */
function findOutput(reads: ReadStore, outputId: string) {
  const [runId = "", spanId = ""] = outputId.split(":", 2);
  const parts = reads.findTraceParts(runId, { withPayloads: true });
  const span: TraceSpan | null = parts && findSpan(assembleTrace(parts), spanId);
  return span && spanOutputFields(span);
}

function viewEvent<T>(event: EventRecord, viewRunsOf: (eventId: string) => T) {
  return {
    id: event.internalId,
    name: event.name,
    idempotencyKey: event.id,
    raw: event.payloadJson,
    receivedAt: moment(event.receivedAtMs),
    runs: () => viewRunsOf(event.internalId),
  };
}

function loadRecent(
  reads: ReadStore,
  limit: number,
  includesInternal: boolean,
): readonly EventRecord[] {
  return reads.loadEvents({
    name: null,
    includesInternal,
    fromMs: null,
    untilMs: null,
    after: null,
    limit: Math.min(Math.max(limit, 1), STREAM_MAX),
  });
}

function payloadOf({ payloadJson }: EventRecord): EventPayload {
  // The engine wrote it from an event.
  return JSON.parse(payloadJson) as EventPayload;
}
