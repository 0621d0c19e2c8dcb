import type { Hono } from "hono";
import { EngineError } from "../../core/errors.ts";
import { readTopicList } from "../../protocol/realtime/topic.ts";
import type { HttpDeps } from "../deps.ts";
import { QUERY_BODY_BYTES_MAX, readJson } from "../request/request-body.ts";

/** Guarded like the rest of the API: whoever may read runs may hand out the right to listen. */
export function addTokenRoute(app: Hono, { realtime, nowMs }: HttpDeps): void {
  app.post("/v1/realtime/token", async (c) => {
    const reading = readTopicList(await readJson(c.req.raw, QUERY_BODY_BYTES_MAX));
    if (!reading.ok) throw new EngineError("INPUT_INVALID", `The topics: ${reading.problem}.`);
    const jwt = realtime.tokens.issue(reading.topics, nowMs());
    if (jwt !== null) return c.json({ jwt }, 201);
    throw new EngineError(
      "INPUT_INVALID",
      "A token for so many topics would not fit into an address. Ask for fewer, or shorten their names.",
    );
  });
}
