import { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { isUlid } from "../../core/ulid.ts";
import type { HttpDeps } from "../deps.ts";
import { eventNotFound } from "../json-answer.ts";
import { readRunCursor, runCursor } from "../request/cursor.ts";
import { cutPage, readLimit } from "../request/page.ts";
import { QueryReader } from "../request/query-reader.ts";
import { EVENTS_BODY_BYTES_MAX, readText } from "../request/request-body.ts";
import { readEvents } from "../sdk/event-routes.ts";
import { v2Item, v2Page, v2Run } from "./v2-answers.ts";

export function createV2EventRoutes({
  commands,
  reads,
  nowMs,
}: Pick<HttpDeps, "commands" | "reads" | "nowMs">): Hono {
  const app = new Hono();

  app.post("/", async (c) => {
    const events = readEvents(await readText(c.req.raw, EVENTS_BODY_BYTES_MAX));
    if (events.length !== 1) {
      throw new EngineError("EVENT_INVALID", "Send one event here; lists go to /e/<event key>.");
    }
    const [eventId] = await commands.acceptEvents(events);
    return c.json(v2Item({ eventId }, nowMs()));
  });

  app.get("/:eventId/runs", (c) => {
    const eventId = c.req.param("eventId");
    const query = new QueryReader(c.req.url);
    const limit = readLimit(query);
    if (!isUlid(eventId) || !reads.findEvent(eventId)) throw eventNotFound(eventId);
    const runs = reads.loadRunsOfEvent(eventId, {
      after: readRunCursor(query.text("cursor"))?.id ?? null,
      limit: limit + 1,
      withOutput: query.flag("includeOutput"),
    });
    const page = cutPage(runs, limit, (run) => runCursor(run, "queuedAt"));
    return c.json(v2Page(page.items.map(v2Run), { ...page, limit }, nowMs()));
  });

  return app;
}
