// How one listens: protocol notes, section 1.10. The token is the whole of the permission, so that pages
// of other origins may listen with one that their own server asked for. It is in no log: nothing logs queries.

import { type Context, Hono } from "hono";
import { z } from "zod";
import { EngineError } from "../../core/errors.ts";
import type { TokenReading } from "../../protocol/realtime/token.ts";
import { type RealtimeTopic, STREAM_TOPIC } from "../../protocol/realtime/topic.ts";
import { CORS_HEADERS } from "../access/cors.ts";
import type { HttpDeps } from "../deps.ts";
import { readQuery, textParameter } from "../request/parameters.ts";
import { EventStream } from "./event-stream.ts";
import { SocketSession, type WithServer } from "./socket-session.ts";

const STREAM_HEADERS = {
  ...CORS_HEADERS,
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  // Asks proxies such as nginx to hold nothing back.
  "x-accel-buffering": "no",
} as const;

const AdmissionQuery = z.object({ token: textParameter("What POST /v1/realtime/token has given") });

/** How long what is on its way to a dropped subscriber may stand still. */
const LAST_WORDS_SECONDS = 5;

export function createSubscribeRoutes(
  deps: Pick<HttpDeps, "access" | "realtime" | "nowMs">,
): Hono<WithServer> {
  const { hub } = deps.realtime;
  const app = new Hono<WithServer>();

  app.get("/v1/realtime/connect", (c) => {
    const topics = admit(c, deps);
    const { env: server, req } = c;
    if (server?.upgrade?.(req.raw, { data: new SocketSession(hub, topics) })) {
      // Bun has answered.
      return new Response(null);
    }
    throw new EngineError("INPUT_INVALID", "This address speaks WebSocket: ask for an upgrade.");
  });

  app.get("/v1/realtime/sse", (c) => {
    // Hono answers HEAD by the same function, and drops a body that would wait for ever.
    if (c.req.method !== "GET") throw new EngineError("INPUT_INVALID", "GET is the way to listen.");
    const topics = admit(c, deps);
    refuseMixture(topics);
    const { env: server, req } = c;
    const stream = new EventStream();
    const unsubscribe = hub.subscribe(stream, topics);
    stream.onEnd = () => {
      unsubscribe();
      server?.timeout?.(req.raw, LAST_WORDS_SECONDS);
    };
    return new Response(stream.body, { headers: STREAM_HEADERS });
  });

  return app;
}

/** The topics of the token in the address; throws for a stranger's host, a bad token, and when it is full. */
function admit(
  c: Context<WithServer>,
  { access, realtime, nowMs }: Pick<HttpDeps, "access" | "realtime" | "nowMs">,
): readonly RealtimeTopic[] {
  const refusal = access.findOriginRefusal(c.req.raw);
  if (refusal) throw refusal;
  const reading = realtime.tokens.read(readQuery(AdmissionQuery, c.req.url).token ?? null, nowMs());
  if (!reading.ok) throw new EngineError("UNAUTHORIZED", REFUSALS[reading.problem]);
  realtime.hub.checkRoom();
  return reading.topics;
}

type TokenProblem = Extract<TokenReading, { ok: false }>["problem"];

const REFUSALS = {
  missing: 'The parameter "token" is missing. POST /v1/realtime/token gives one.',
  foreign:
    "The token is none of this engine's: it was changed, or made by another engine or, without keys, before a restart. Ask for a new one.",
  expired: "The token has expired: one is good for a minute. Ask for a new one.",
} as const satisfies Record<TokenProblem, string>;

/** Messages would break into the bytes of others. */
function refuseMixture(topics: readonly RealtimeTopic[]): void {
  const streamCount = topics.filter(({ name }) => name === STREAM_TOPIC).length;
  if (streamCount === 0 || streamCount === topics.length) return;
  throw new EngineError(
    "INPUT_INVALID",
    `"${STREAM_TOPIC}" is bytes as they come: ask for a token of its own for it.`,
  );
}
