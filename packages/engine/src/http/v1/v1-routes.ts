import type { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import type { EventRecord } from "../../core/event-list.ts";
import { isUlid } from "../../core/ulid.ts";
import type { HttpDeps } from "../deps.ts";
import { eventNotFound, moment, runNotFound } from "../json-answer.ts";
import { PAGE_SIZE_MAX } from "../request/page.ts";
import { addRoute } from "../request/route.ts";
import { v1Event, v1Item, v1Run } from "./v1-answers.ts";
import { v1Routes } from "./v1-table.ts";

type V1Deps = Pick<HttpDeps, "commands" | "reads" | "nowMs">;

export function addV1EventRoutes(app: Hono, { reads, nowMs }: V1Deps): void {
  addRoute(app, v1Routes.v1ListEvents, ({ query }) => {
    const events = reads.loadEvents({
      name: query.name ?? null,
      includesInternal: query.include_internal,
      fromMs: query.received_after ?? null,
      untilMs: query.received_before ?? null,
      after: readEventCursor(query.cursor),
      limit: query.limit,
    });
    return { data: events.map(v1Event), metadata: { fetched_at: moment(nowMs()) } };
  });

  addRoute(app, v1Routes.v1GetEvent, ({ params }) =>
    v1Item(v1Event(getEvent(params.eventId)), nowMs()),
  );

  addRoute(app, v1Routes.v1ListEventRuns, ({ params }) => {
    const { internalId } = getEvent(params.eventId);
    const page = { after: null, limit: PAGE_SIZE_MAX, withOutput: true };
    return v1Item(reads.loadRunsOfEvent(internalId, page).map(v1Run), nowMs());
  });

  function getEvent(eventId: string): EventRecord {
    const event = isUlid(eventId) ? reads.findEvent(eventId) : null;
    if (event) return event;
    throw eventNotFound(eventId);
  }
}

export function addV1RunRoutes(app: Hono, { commands, reads, nowMs }: V1Deps): void {
  addRoute(app, v1Routes.v1GetRun, ({ params: { runId } }) => {
    const run = reads.findRun(runId, { withOutput: true });
    if (!run) throw runNotFound(runId);
    return v1Item(v1Run(run), nowMs());
  });

  addRoute(app, v1Routes.v1CancelRun, async ({ params }) => {
    await commands.cancelRun(params.runId);
    return null;
  });
}

function readEventCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (isUlid(cursor)) return cursor;
  throw new EngineError("INPUT_INVALID", "The cursor has to be the internal_id of an event.");
}
