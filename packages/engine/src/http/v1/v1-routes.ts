import type { Hono } from "hono";
import type { EventRecord } from "../../core/event-list.ts";
import { STEPS_PER_RUN_MAX } from "../../core/limits.ts";
import type { ShownQueueItem } from "../../core/queue-item.ts";
import { isUlid } from "../../core/ulid.ts";
import type { HttpDeps } from "../deps.ts";
import { eventNotFound, moment, runNotFound } from "../json-answer.ts";
import { readIdCursor } from "../request/cursor.ts";
import { getApp, loadLiveFunctions } from "../request/function-filter.ts";
import { PAGE_SIZE_MAX } from "../request/page.ts";
import { addRoute } from "../request/route.ts";
import { v1Event, v1Function, v1Item, v1Job, v1Run } from "./v1-answers.ts";
import { v1Routes } from "./v1-table.ts";

/** A run has at most an item for each of its steps, and a few of its own. */
const QUEUE_ITEMS_MAX = STEPS_PER_RUN_MAX + 10;

type V1Deps = Pick<HttpDeps, "commands" | "reads" | "nowMs">;

export function addV1EventRoutes(app: Hono, { reads, nowMs }: V1Deps): void {
  addRoute(app, v1Routes.v1ListEvents, ({ query }) => {
    const events = reads.loadEvents({
      name: query.name ?? null,
      includesInternal: query.include_internal,
      fromMs: query.received_after ?? null,
      untilMs: query.received_before ?? null,
      after: readIdCursor(query.cursor),
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

export function addV1AppRoutes(app: Hono, { reads, nowMs }: V1Deps): void {
  addRoute(app, v1Routes.v1ListFunctions, ({ params }) => {
    const owner = getApp(reads, params.app);
    const functions = loadLiveFunctions(reads, owner);
    return v1Item(
      functions.map((fn) => v1Function(fn, owner)),
      nowMs(),
    );
  });
}

export function addV1RunRoutes(app: Hono, { commands, reads, nowMs }: V1Deps): void {
  addRoute(app, v1Routes.v1GetRun, ({ params: { runId } }) => {
    const run = reads.findRun(runId, { withOutput: true });
    if (!run) throw runNotFound(runId);
    return v1Item(v1Run(run), nowMs());
  });

  addRoute(app, v1Routes.v1ListRunJobs, ({ params: { runId } }) => {
    if (!reads.findRun(runId, { withOutput: false })) throw runNotFound(runId);
    const items = reads.loadQueueItems(runId, QUEUE_ITEMS_MAX);
    const view = (item: ShownQueueItem) =>
      v1Job(item, { nowMs: nowMs(), isInHand: commands.isInHand(item.id) });
    return v1Item(items.map(view), nowMs());
  });

  addRoute(app, v1Routes.v1CancelRun, async ({ params }) => {
    await commands.cancelRun(params.runId);
    return null;
  });
}
