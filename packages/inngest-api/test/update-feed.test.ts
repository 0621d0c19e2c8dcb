// U1 to U4 are the invariants of update-feed.ts. The server is a small one over real sockets that answers
// as the embedded engine does; apps/igs and the dashboard are tried on the engine itself.

import { afterEach, expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { createUpdateFeed, type EngineUpdate, updateTopics } from "../src/index.ts";

const KEY = "0123456789abcdef";
const RUN = { kind: "run", data: { runId: "r1", eventId: "e1", status: "COMPLETED" } } as const;

interface FakeEngine {
  readonly url: string;
  readonly asked: string[];
  readonly sockets: ServerWebSocket<undefined>[];
  health: object;
  tokenStatus: number;
}

let stop: (() => Promise<void>) | undefined;
let stopListening: (() => void) | undefined;
afterEach(async () => {
  stopListening?.();
  await stop?.();
});

function startFakeEngine(): FakeEngine {
  const engine: Omit<FakeEngine, "url"> = {
    asked: [],
    sockets: [],
    health: { status: 200, message: "OK", engine: "embedded" },
    tokenStatus: 201,
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request, self) {
      const { pathname, searchParams } = new URL(request.url);
      const body = request.method === "POST" ? await request.text() : "";
      engine.asked.push(`${request.method} ${pathname} ${body}`.trim());
      if (pathname === "/health") return Response.json(engine.health);
      if (pathname === "/v1/realtime/token") {
        const isKnown = request.headers.get("authorization") === `Bearer ${KEY}`;
        return Response.json({ jwt: "a-token" }, { status: isKnown ? engine.tokenStatus : 401 });
      }
      const isGood = searchParams.get("token") === "a-token" && self.upgrade(request);
      return isGood ? undefined : new Response("no", { status: 401 });
    },
    websocket: {
      open: (socket: ServerWebSocket<undefined>) => {
        engine.sockets.push(socket);
        wake();
      },
      message: () => {},
    },
  });
  stop = () => server.stop(true);
  return Object.assign(engine, { url: server.url.origin });
}

let wake = () => {};
const told: (EngineUpdate | boolean)[] = [];

/** Waits until something was told, or a socket opened, that makes it hold. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

function listen(url: string): ReturnType<typeof createUpdateFeed> {
  told.length = 0;
  const feed = createUpdateFeed({ baseUrl: url, signingKey: KEY, retryMs: 1 });
  stopListening = feed.listen(listener);
  return feed;
}

const tell = (what: EngineUpdate | boolean) => {
  told.push(what);
  wake();
};
const listener = { topics: updateTopics.ofRun("r1"), onUpdate: tell, onConnection: tell };

test("updates come as they are sent, and what is none of them is passed over", async () => {
  const engine = startFakeEngine();
  listen(engine.url);
  await until(() => told.length === 1);
  expect(told).toEqual([true]);
  for (const message of ["no JSON", '{"kind":"ping"}', '{"kind":"run"}', JSON.stringify(RUN)]) {
    engine.sockets[0]?.send(message);
  }
  await until(() => told.length === 2);
  expect(told[1]).toEqual(RUN);
  expect(engine.asked).toEqual([
    "GET /health",
    'POST /v1/realtime/token [{"channel":"r1","name":"$run"},{"channel":"r1","name":"$step"}]',
    "GET /v1/realtime/connect",
  ]);
});

test("a lost connection is told, and made again with a new token (U2)", async () => {
  const engine = startFakeEngine();
  listen(engine.url);
  await until(() => told.length === 1);
  engine.sockets[0]?.close();
  await until(() => told.length === 3);
  expect(told).toEqual([true, false, true]);
  expect(engine.asked.filter((asked) => asked.startsWith("POST"))).toHaveLength(2);
  expect(engine.asked.filter((asked) => asked.includes("/health"))).toHaveLength(1);
});

test("a token that is refused for now is asked for again (U2)", async () => {
  const engine = startFakeEngine();
  engine.tokenStatus = 503;
  listen(engine.url);
  while (engine.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  engine.tokenStatus = 201;
  await until(() => told.length === 1);
  expect(told).toEqual([true]);
});

test.each([
  ["Inngest itself", { health: { status: 200, message: "OK" } }, 1],
  ["an engine of before there were updates", { tokenStatus: 404 }, 2],
])("%s is asked once and then left alone (U1)", async (_, answers, askedCount) => {
  const engine = Object.assign(startFakeEngine(), answers);
  const feed = listen(engine.url);
  while (engine.asked.length < askedCount) await new Promise((resolve) => setTimeout(resolve, 1));
  // Enough for many more tries, if there were any.
  await new Promise((resolve) => setTimeout(resolve, 30));
  feed.listen(listener)();
  feed.listen(listener)();
  expect(engine.asked).toHaveLength(askedCount);
  expect(told).toEqual([]);
});

test("once it was stopped nothing is told, and its connection is closed (U3)", async () => {
  const engine = startFakeEngine();
  listen(engine.url);
  await until(() => told.length === 1);
  stopListening?.();
  engine.sockets[0]?.send(JSON.stringify(RUN));
  while (engine.sockets[0]?.readyState !== WebSocket.CLOSED) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(told).toEqual([true]);
});
