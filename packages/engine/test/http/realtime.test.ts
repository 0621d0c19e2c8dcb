// The routes of realtime, without a socket: tokens, publishing, and server-sent events.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { RealtimeTopic } from "../../src/protocol/realtime/topic.ts";
import type { Frame } from "../../src/runtime/realtime/hub.ts";
import { HttpFixture, SIGNING_KEY } from "./fixture.ts";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
});
afterEach(() => http.close());

const TOKEN = "/v1/realtime/token";
const MESSAGES = { channel: "chat", name: "messages" };
const STREAM = { channel: "chat", name: "$stream" };

async function tokenFor(...topics: readonly RealtimeTopic[]): Promise<string> {
  const response = await http.post(
    TOKEN,
    topics.map((topic) => ({ ...topic, kind: "run" })),
  );
  expect(response.status).toBe(201);
  const { jwt } = (await response.json()) as { jwt: string };
  return jwt;
}

const problemOf = async (response: Response) => ({
  status: response.status,
  error: ((await response.json()) as { error: string }).error,
});

/** Listens at the hub itself: what would be sent, and when it was. */
function listen(...topics: readonly RealtimeTopic[]): unknown[] {
  const heard: unknown[] = [];
  http.realtime.hub.subscribe(
    {
      waitingBytes: 0,
      deliver: (frames: readonly Frame[]) =>
        heard.push(
          ...frames.map((frame) => (typeof frame === "string" ? JSON.parse(frame) : frame)),
        ),
      keepAlive: () => {},
      close: () => {},
    },
    topics,
  );
  return heard;
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Reads server-sent events as they come; each read waits for one. */
function readerOf(response: Response): () => Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  return async () => {
    for (;;) {
      const endsAt = text.indexOf("\n\n");
      if (endsAt >= 0) {
        const event = text.slice(0, endsAt);
        text = text.slice(endsAt + 2);
        return event;
      }
      const part = await reader?.read();
      if (!part || part.done) return "(the end)";
      text += decoder.decode(part.value, { stream: true });
    }
  };
}

describe("a token", () => {
  test.each([
    ["no list", { channel: "chat", name: "messages" }],
    ["an empty list", []],
    ["a topic without a channel", [{ name: "messages" }]],
    ["a topic with an empty name", [{ channel: "chat", name: "" }]],
    ["a channel with a name of 300 characters", [{ channel: "c".repeat(300), name: "messages" }]],
    [
      "101 topics",
      Array.from({ length: 101 }, (_, index) => ({ channel: "c", name: `t${index}` })),
    ],
    [
      "names that fit into no address",
      Array.from({ length: 100 }, (_, index) => ({ channel: "c".repeat(250), name: `t${index}` })),
    ],
    ["no JSON", "{"],
  ])("is not given for %s", async (_, body) => {
    expect((await http.post(TOKEN, body)).status).toBe(400);
  });

  test("is given to nobody without the signing key, once there is one", async () => {
    const locked = new HttpFixture({ isOpen: false, signingKeys: [SIGNING_KEY] });
    const topics = [{ ...MESSAGES, kind: "run" }];
    expect((await locked.post(TOKEN, topics)).status).toBe(401);
    const authorization = `Bearer ${SIGNING_KEY}`;
    expect((await locked.post(TOKEN, topics, { authorization })).status).toBe(201);
    const publish = "/v1/realtime/publish?channel=chat&topic=messages";
    expect((await locked.post(publish, {})).status).toBe(401);
    expect((await locked.post("/v1/realtime/publish/tee?channel=chat", "x")).status).toBe(401);
    expect((await locked.post(publish, {}, { authorization })).status).toBe(200);
    locked.close();
  });

  test("is given to no page of another site, which in development needs no key", async () => {
    const headers = { origin: "https://evil.example" };
    expect((await http.post(TOKEN, [MESSAGES], headers)).status).toBe(403);
  });
});

describe.each(["connect", "sse"])("GET /v1/realtime/%s", (way) => {
  const ask = (token: string, init?: RequestInit) =>
    http.request(`/v1/realtime/${way}?token=${token}`, init);

  test("wants a token", async () => {
    const { status, error } = await problemOf(await http.request(`/v1/realtime/${way}`));
    expect(status).toBe(401);
    expect(error).toContain("POST /v1/realtime/token");
  });

  test("says that a token has expired, and repeats and logs nothing of it", async () => {
    const token = await tokenFor(MESSAGES);
    http.nowMs += 60_000;
    const { status, error } = await problemOf(await ask(token));
    expect(status).toBe(401);
    expect(error).toContain("expired");
    expect(error + JSON.stringify(http.logged)).not.toContain(token.slice(0, 20));
  });

  test("refuses a token that was changed, and one of another engine", async () => {
    const token = await tokenFor(MESSAGES);
    const other = new HttpFixture();
    for (const [fixture, forged] of [
      [http, `${token.slice(0, -2)}xx`],
      [other, token],
    ] as const) {
      const response = await fixture.request(`/v1/realtime/${way}?token=${forged}`);
      expect(await problemOf(response)).toMatchObject({
        status: 401,
        error: expect.stringContaining("none of this engine's"),
      });
    }
    other.close();
  });

  test("refuses a name that is not this engine's, whatever the token (A1)", async () => {
    const token = await tokenFor(MESSAGES);
    expect((await ask(token, { headers: { host: "evil.example" } })).status).toBe(403);
  });

  test("lets nobody in once the hub is full or closed", async () => {
    const token = await tokenFor(MESSAGES);
    const heard = Array.from({ length: 500 }, () => listen(MESSAGES));
    expect(heard).toHaveLength(500);
    expect((await ask(token)).status).toBe(503);
    http.realtime.hub.close();
    expect((await ask(token)).status).toBe(503);
  });
});

test("an address that speaks WebSocket says so to whom asks for a page", async () => {
  const response = await http.request(`/v1/realtime/connect?token=${await tokenFor(MESSAGES)}`);
  expect(await problemOf(response)).toMatchObject({
    status: 400,
    error: expect.stringContaining("WebSocket"),
  });
});

describe("what is published", () => {
  const publish = (
    query: string,
    body?: string | ReadableStream<Uint8Array>,
    headers: Record<string, string> = {},
  ) =>
    http.request(`/v1/realtime/publish?${query}`, {
      method: "POST",
      headers,
      ...(body && { body }),
    });

  test("reaches those who listen, with its run and the moment", async () => {
    const heard = listen(MESSAGES);
    expect((await publish("channel=chat&topic=messages&run_id=r1", '{"text":"hi"}')).status).toBe(
      200,
    );
    await nextTurn();
    expect(heard).toEqual([
      {
        kind: "data",
        channel: "chat",
        topic: "messages",
        data: { text: "hi" },
        run_id: "r1",
        created_at: new Date(http.nowMs).toISOString(),
      },
    ]);
  });

  test.each([
    ["JSON", '{"a":[1,null]}', { a: [1, null] }],
    ["a number", "7", 7],
    ["text that is no JSON, which is how the SDK sends text", "hello", "hello"],
    ["nothing", "", null],
  ])("may be %s", async (_, body, data) => {
    const heard = listen(MESSAGES);
    await publish("channel=chat&topic=messages", body);
    await nextTurn();
    expect(heard).toMatchObject([{ data }]);
  });

  test("goes to each topic that it names", async () => {
    const heard = listen(MESSAGES, { channel: "chat", name: "all" });
    await publish("channel=chat&topic=messages&topic=all", "1");
    await nextTurn();
    expect(heard).toMatchObject([{ topic: "messages" }, { topic: "all" }]);
  });

  test.each([
    ["no channel", "topic=messages", 400, "channel"],
    ["no topic", "channel=chat", 400, "topic"],
    ["eleven topics", `channel=chat${"&topic=t".repeat(11)}`, 400, "topics"],
    ["a topic of the engine's", "channel=chat&topic=$run", 400, '"$run"'],
    ["a channel too long", `channel=${"c".repeat(257)}&topic=messages`, 400, "channel"],
    ["a topic too long", `channel=chat&topic=${"t".repeat(129)}`, 400, "topic"],
  ])("with %s is refused", async (_, query, status, named) => {
    const problem = await problemOf(await publish(query, "1"));
    expect(problem).toEqual({ status, error: expect.stringContaining(named) });
  });

  test("is refused above 512 KB", async () => {
    const query = "channel=chat&topic=messages";
    const ofSize = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
    expect((await publish(query, ofSize(512 * 1024))).status).toBe(200);
    expect((await publish(query, ofSize(512 * 1024 + 1))).status).toBe(413);
  });

  test("as a stream comes in pieces between a start and an end, with characters whole", async () => {
    const heard = listen(MESSAGES);
    const bytes = new TextEncoder().encode("grüße");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        // In the middle of the ü.
        controller.enqueue(bytes.slice(0, 3));
        controller.enqueue(bytes.slice(3));
        controller.close();
      },
    });
    await publish("channel=chat&topic=messages", body, { "content-type": "text/stream" });
    await nextTurn();
    const [start] = heard as { data: string }[];
    const stream_id = start?.data;
    expect(heard).toMatchObject([
      { kind: "datastream-start", data: stream_id },
      { kind: "chunk", stream_id, data: "gr" },
      { kind: "chunk", stream_id, data: "üße" },
      { kind: "datastream-end", data: stream_id },
    ]);
  });

  test("as a stream that breaks off ends all the same", async () => {
    const heard = listen(MESSAGES);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("the sender is gone"));
      },
    });
    const headers = { "content-type": "text/stream" };
    expect((await publish("channel=chat&topic=messages", body, headers)).status).toBe(400);
    await nextTurn();
    expect(heard).toMatchObject([{ kind: "datastream-start" }, { kind: "datastream-end" }]);
    expect(http.logged).toEqual([]);
  });

  test("is taken also when nobody listens", async () => {
    expect((await publish("channel=nobody&topic=messages", "1")).status).toBe(200);
  });
});

describe("server-sent events", () => {
  const open = async (...topics: readonly RealtimeTopic[]) => {
    const token = await tokenFor(...topics);
    return http.request(`/v1/realtime/sse?token=${token}`);
  };
  const tee = (body: string) =>
    http.request("/v1/realtime/publish/tee?channel=chat", { method: "POST", body });

  test("bring messages, and pages of any origin may read them", async () => {
    const response = await open(MESSAGES);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const next = readerOf(response);
    expect(await next()).toBe(":");
    await http.post("/v1/realtime/publish?channel=chat&topic=messages", { text: "hi" });
    expect(JSON.parse((await next()).replace("data: ", ""))).toMatchObject({
      data: { text: "hi" },
    });
    http.realtime.hub.close();
    expect(await next()).toBe("(the end)");
  });

  test("bring bytes as they were piped, and leave those who listen to messages alone", async () => {
    const next = readerOf(await open(STREAM));
    const heard = listen(MESSAGES);
    await next();
    await tee('event: inngest.stream\ndata: {"data":1}\n\nevent: x\nda');
    await tee("ta: 2\n\n");
    expect(await next()).toBe('event: inngest.stream\ndata: {"data":1}');
    expect(await next()).toBe("event: x\ndata: 2");
    expect(heard).toEqual([]);
  });

  test("and streams that are published may come word by word, for hours", async () => {
    const patience: number[] = [];
    const server = { timeout: (_: Request, seconds: number) => patience.push(seconds) };
    const stream = { method: "POST", body: "word", headers: { "content-type": "text/stream" } };
    const message = { method: "POST", body: '"word"' };
    const at = (path: string, init: RequestInit) =>
      http.app.request(`/v1/realtime/publish${path}`, init, server);
    await at("/tee?channel=chat", { method: "POST", body: "word" });
    await at("?channel=chat&topic=messages", stream);
    expect(patience).toEqual([0, 0]);
    await at("?channel=chat&topic=messages", message);
    expect(patience).toEqual([0, 0]);
  });

  test("are kept alive between events, never within one", async () => {
    const next = readerOf(await open(STREAM));
    expect(await next()).toBe(":");
    await tee("data: wh");
    await nextTurn();
    http.clock.advanceMs(15_000);
    await tee("ole\n\n");
    expect(await next()).toBe("data: whole");
    http.clock.advanceMs(15_000);
    expect(await next()).toBe(":");
  });

  test("never mix bytes and messages", async () => {
    expect((await open(STREAM, MESSAGES)).status).toBe(400);
  });

  test("are not begun for a HEAD, whose body nobody would ever read", async () => {
    const token = await tokenFor(MESSAGES);
    const response = await http.request(`/v1/realtime/sse?token=${token}`, { method: "HEAD" });
    expect(response.status).toBe(400);
    expect(http.realtime.hub.connectionCount).toBe(0);
  });

  test("end their subscription when the other side goes", async () => {
    const response = await open(MESSAGES);
    expect(http.realtime.hub.connectionCount).toBe(1);
    await response.body?.cancel();
    expect(http.realtime.hub.connectionCount).toBe(0);
    await http.post("/v1/realtime/publish?channel=chat&topic=messages", 1);
  });

  test("of one who reads nothing are ended, and the sender was never held up", async () => {
    await open(MESSAGES);
    const body = JSON.stringify("x".repeat(500_000));
    for (let count = 0; count < 12; count += 1) {
      await http.post("/v1/realtime/publish?channel=chat&topic=messages", body);
      await nextTurn();
    }
    expect(http.realtime.hub.connectionCount).toBe(0);
    expect(http.logged).toMatchObject([{ level: "warn", channels: ["chat"] }]);
  });
});
