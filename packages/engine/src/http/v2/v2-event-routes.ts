import type { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { isUlid } from "../../core/ulid.ts";
import type { HttpDeps } from "../deps.ts";
import { eventNotFound } from "../json-answer.ts";
import { readRunCursor, runCursor } from "../request/cursor.ts";
import { cutPage } from "../request/page.ts";
import { EVENTS_BODY_BYTES_MAX, readText } from "../request/request-body.ts";
import { addRoute } from "../request/route.ts";
import { readEvents } from "../sdk/event-routes.ts";
import { v2Item, v2Page, v2Run } from "./v2-answers.ts";
import { v2Routes } from "./v2-table.ts";

export function addV2EventRoutes(
  app: Hono,
  { commands, reads, nowMs }: Pick<HttpDeps, "commands" | "reads" | "nowMs">,
): void {
  addRoute(app, v2Routes.sendEvent, async ({ request }) => {
    const events = readEvents(await readText(request, EVENTS_BODY_BYTES_MAX));
    if (events.length !== 1) {
      throw new EngineError("EVENT_INVALID", "Send one event here; lists go to /e/<event key>.");
    }
    const [eventId] = await commands.acceptEvents(events);
    return v2Item({ eventId }, nowMs());
  });

  addRoute(app, v2Routes.listEventRuns, ({ params: { eventId }, query }) => {
    const { limit } = query;
    if (!isUlid(eventId) || !reads.findEvent(eventId)) throw eventNotFound(eventId);
    const runs = reads.loadRunsOfEvent(eventId, {
      after: readRunCursor(query.cursor)?.id ?? null,
      limit: limit + 1,
      withOutput: query.includeOutput,
    });
    const page = cutPage(runs, limit, (run) => runCursor(run, "queuedAt"));
    return v2Page(page.items.map(v2Run), { ...page, limit }, nowMs());
  });
}
