// The event API: protocol notes, section 1.9.

import type { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { type IncomingEvent, readEventRequest, readIdSeed } from "../../protocol/event-request.ts";
import { CORS_HEADERS, preflightResponse } from "../access/cors.ts";
import type { HttpDeps } from "../deps.ts";
import { EVENTS_BODY_BYTES_MAX, readText } from "../request/request-body.ts";

const ANSWER = { headers: CORS_HEADERS } as const;

/** Registered first and without middleware: every event comes through here. */
export function addEventRoutes(app: Hono, deps: Pick<HttpDeps, "access" | "commands">): void {
  const { access, commands } = deps;

  app.post("/e/:key", async (c) => {
    const request = c.req.raw;
    const refusal = access.findEventRefusal(request, c.req.param("key"));
    if (refusal) throw refusal;
    const events = readEvents(await readText(request, EVENTS_BODY_BYTES_MAX));
    const idSeed = readIdSeed(request.headers.get("x-inngest-event-id-seed"));
    const ids = await commands.acceptEvents(events, idSeed ? { idSeed } : {});
    return Response.json({ ids, status: 200 }, ANSWER);
  });

  app.options("/e/:key", preflightResponse);
}

export function readEvents(body: string): readonly IncomingEvent[] {
  const reading = readEventRequest(body);
  if (reading.ok) return reading.events;
  throw new EngineError("EVENT_INVALID", reading.problem);
}
