// `/v1`: protocol notes, section 1.10, and Inngest's documentation of the list's parameters.

import { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import type { EventPayload } from "../../core/event.ts";
import type { EventRecord } from "../../core/event-list.ts";
import { hasEnded, type RunStatus } from "../../core/run.ts";
import type { RunSummary } from "../../core/run-list.ts";
import { isUlid } from "../../core/ulid.ts";
import type { HttpDeps } from "../deps.ts";
import { eventNotFound, moment, readOutput, runNotFound } from "../json-answer.ts";
import { PAGE_SIZE_MAX, readLimit } from "../request/page.ts";
import { QueryReader } from "../request/query-reader.ts";

/** Inngest has accounts and environments; one machine has neither. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

export function createV1Routes({
  commands,
  reads,
  nowMs,
}: Pick<HttpDeps, "commands" | "reads" | "nowMs">): Hono {
  const app = new Hono();

  app.get("/events", (c) => {
    const query = new QueryReader(c.req.url);
    const events = reads.loadEvents({
      name: query.text("name"),
      includesInternal: query.flag("include_internal"),
      fromMs: query.momentMs("received_after"),
      untilMs: query.momentMs("received_before"),
      after: readEventCursor(query.text("cursor")),
      limit: readLimit(query),
    });
    return c.json({ data: events.map(v1Event), metadata: { fetched_at: moment(nowMs()) } });
  });

  app.get("/events/:eventId", (c) => {
    return c.json(v1Item(v1Event(getEvent(c.req.param("eventId"))), nowMs()));
  });

  app.get("/events/:eventId/runs", (c) => {
    const { internalId } = getEvent(c.req.param("eventId"));
    const page = { after: null, limit: PAGE_SIZE_MAX, withOutput: true };
    return c.json(v1Item(reads.loadRunsOfEvent(internalId, page).map(v1Run), nowMs()));
  });

  app.get("/runs/:runId", (c) => {
    const run = reads.findRun(c.req.param("runId"), { withOutput: true });
    if (!run) throw runNotFound(c.req.param("runId"));
    return c.json(v1Item(v1Run(run), nowMs()));
  });

  app.delete("/runs/:runId", async (c) => {
    await commands.cancelRun(c.req.param("runId"));
    return c.body(null, 204);
  });

  function getEvent(eventId: string): EventRecord {
    const event = isUlid(eventId) ? reads.findEvent(eventId) : null;
    if (event) return event;
    throw eventNotFound(eventId);
  }

  return app;
}

/** Nothing is cached, so that an answer is good for the moment it was made. */
function v1Item(item: unknown, nowMs: number): object {
  return { data: item, metadata: { fetched_at: moment(nowMs), cached_until: moment(nowMs) } };
}

/** `user` is left out where nobody gave one, as Inngest does. */
function v1Event({ internalId, receivedAtMs, payloadJson }: EventRecord): object {
  // The engine wrote it from an event.
  const { user, ...payload } = JSON.parse(payloadJson) as EventPayload;
  return {
    internal_id: internalId,
    account_id: NOBODY,
    environment_id: NOBODY,
    source: "",
    source_id: null,
    received_at: moment(receivedAtMs),
    ...payload,
    ...(Object.keys(user).length > 0 && { user }),
  };
}

const V1_STATUSES = {
  QUEUED: "Queued",
  RUNNING: "Running",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  SKIPPED: "Skipped",
} as const satisfies Record<RunStatus, string>;

function v1Run(run: RunSummary): object {
  const { endedAtMs, outputJson } = run;
  return {
    run_id: run.id,
    run_started_at: moment(run.queuedAtMs),
    function_id: run.functionId,
    function_version: 0,
    environment_id: NOBODY,
    event_id: run.eventInternalId,
    status: V1_STATUSES[run.status],
    ended_at: endedAtMs === null || !hasEnded(run.status) ? null : moment(endedAtMs),
    output: outputJson === null ? null : readOutput(outputJson),
  };
}

function readEventCursor(cursor: string | null): string | null {
  if (cursor === null || isUlid(cursor)) return cursor;
  throw new EngineError("INPUT_INVALID", "The cursor has to be the internal_id of an event.");
}
