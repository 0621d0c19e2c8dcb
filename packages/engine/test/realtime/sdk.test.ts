// The SDK's own realtime client against a started engine, over real sockets.

import { afterEach, describe, expect, test } from "bun:test";
import { Inngest } from "inngest";
import { channel, getSubscriptionToken, subscribe } from "inngest/realtime";
import { z } from "zod";
import { Inbox, type StartedEngine, startEngineWithApp } from "./started-engine.ts";

const SIGNING_KEY = "0123456789abcdef0123456789abcdef";
const chat = channel({
  name: (room: string) => `chat:${room}`,
  topics: {
    messages: { schema: z.object({ text: z.string() }) },
    typing: { schema: z.object({ who: z.string() }) },
  },
});

let engine: StartedEngine;
afterEach(() => engine.stop());

interface Message {
  readonly kind: string;
  readonly topic?: string;
  readonly channel?: string;
  readonly data: unknown;
  readonly runId?: string;
  readonly createdAt?: Date;
}

async function listen(room: string, topics: ("messages" | "typing")[] = ["messages"]) {
  const inbox = new Inbox<Message>();
  const subscription = await engine.inngest.realtime.subscribe({
    channel: chat(room),
    topics,
    onMessage: (message: unknown) => inbox.put(message as Message),
  });
  return { inbox, subscription };
}

describe.each([
  ["without keys", undefined],
  ["with keys", SIGNING_KEY],
] as const)("%s", (_, signingKey) => {
  const keys = signingKey === undefined ? {} : { signingKey };

  test("a message reaches who subscribed to its channel and topic, and nobody else", async () => {
    engine = await startEngineWithApp(keys);
    const red = await listen("red");
    const blue = await listen("blue");
    const typing = await listen("red", ["typing"]);
    await engine.inngest.realtime.publish(chat("red").messages, { text: "hello" });
    await engine.inngest.realtime.publish(chat("blue").messages, { text: "end" });
    await engine.inngest.realtime.publish(chat("red").typing, { who: "me" });
    const [message] = await red.inbox.waitFor(({ length }) => length === 1);
    expect(message).toMatchObject({
      kind: "data",
      channel: "chat:red",
      topic: "messages",
      data: { text: "hello" },
    });
    expect(message?.createdAt).toBeInstanceOf(Date);
    await blue.inbox.waitFor(({ length }) => length === 1);
    await typing.inbox.waitFor(({ length }) => length === 1);
    expect(blue.inbox.messages).toMatchObject([{ data: { text: "end" } }]);
    expect(typing.inbox.messages).toMatchObject([{ data: { who: "me" } }]);
    expect(red.inbox.messages).toHaveLength(1);
  });

  test("a function publishes, in a step and outside of one, and its run is named", async () => {
    engine = await startEngineWithApp({
      ...keys,
      functions: (inngest) => [
        inngest.createFunction(
          { id: "greet", triggers: [{ event: "greet" }] },
          async ({ step, runId }) => {
            await inngest.realtime.publish(chat("red").typing, { who: runId });
            return step.realtime.publish("say", chat("red").messages, { text: "from a step" });
          },
        ),
      ],
    });
    const { inbox } = await listen("red", ["messages", "typing"]);
    await engine.inngest.send({ name: "greet" });
    await inbox.waitFor((all) => all.some(({ topic }) => topic === "messages"));
    const typing = inbox.messages.find(({ topic }) => topic === "typing");
    const said = inbox.messages.filter(({ topic }) => topic === "messages");
    expect(said).toMatchObject([{ data: { text: "from a step" }, runId: typing?.runId }]);
    expect(typing?.data).toEqual({ who: typing?.runId });
  });
});

test("a step that published is stored, so that its retried function doesn't publish again", async () => {
  let tries = 0;
  const done = Promise.withResolvers<void>();
  engine = await startEngineWithApp({
    functions: (inngest) => [
      inngest.createFunction({ id: "say", triggers: [{ event: "say" }] }, async ({ step }) => {
        const sent = await step.realtime.publish("say", chat("red").messages, { text: "once" });
        tries += 1;
        if (tries === 1) throw new Error("the function fails after it");
        done.resolve();
        return sent;
      }),
    ],
  });
  const { inbox } = await listen("red");
  await engine.inngest.send({ name: "say" });
  await done.promise;
  await engine.inngest.realtime.publish(chat("red").messages, { text: "last" });
  await inbox.waitFor((all) => all.length >= 2);
  expect(inbox.messages.map(({ data }) => data)).toEqual([{ text: "once" }, { text: "last" }]);
});

// Over a plain WebSocket, because the SDK's client (4.24) breaks on a stream's start: it reads a variable
// before it is set.
test("a stream is published in pieces between its start and its end", async () => {
  engine = await startEngineWithApp({});
  const inbox = new Inbox<Message>();
  const socket = await openSocket(engine, "chat:red", "messages");
  socket.addEventListener("message", ({ data }) => inbox.put(JSON.parse(String(data))));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const text of ["one ", "two"]) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
  const url = new URL("/v1/realtime/publish?channel=chat:red&topic=messages", engine.url);
  const headers = { "content-type": "text/stream" };
  const sent = await fetch(url, { method: "POST", headers, body });
  expect(sent.status).toBe(200);
  const all = await inbox.waitFor((messages) => messages.at(-1)?.kind === "datastream-end");
  expect(all[0]?.kind).toBe("datastream-start");
  const chunks = all.filter(({ kind }) => kind === "chunk");
  expect(chunks.map(({ data }) => data).join("")).toBe("one two");
});

describe("a token of the SDK's", () => {
  test("lets a page without any key listen", async () => {
    engine = await startEngineWithApp({ signingKey: SIGNING_KEY });
    const about = { channel: "chat:red", topics: ["messages"], apiBaseUrl: engine.url };
    const { key = "" } = await getSubscriptionToken(engine.inngest, about);
    const inbox = new Inbox<unknown>();
    await subscribe({ ...about, key }, inbox.put);
    await engine.inngest.realtime.publish(chat("red").messages, { text: "hello" });
    await inbox.waitFor(({ length }) => length === 1);
  });

  test("is not given without the signing key", async () => {
    engine = await startEngineWithApp({ signingKey: SIGNING_KEY });
    const stranger = new Inngest({
      id: "app",
      baseUrl: engine.url,
      isDev: false,
      signingKey: "ffff",
      eventKey: "x",
    });
    await expect(
      getSubscriptionToken(stranger, { channel: "chat:red", topics: ["messages"] }),
    ).rejects.toThrow("401");
  });

  test("that was changed opens no connection", async () => {
    engine = await startEngineWithApp({});
    const url = new URL("/v1/realtime/connect?token=forged.token.here", engine.url);
    url.protocol = "ws:";
    const socket = new WebSocket(url);
    const failed = await new Promise<string>((resolve) => {
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("refused");
    });
    expect(failed).toBe("refused");
    expect(JSON.stringify(engine.logged)).not.toContain("forged");
  });
});

describe("an engine that stops", () => {
  test("ends every connection at once", async () => {
    engine = await startEngineWithApp({});
    const { subscription } = await listen("red");
    const token = await getSubscriptionToken(engine.inngest, { channel: "c", topics: ["t"] });
    const events = await fetch(new URL(`/v1/realtime/sse?token=${token.key}`, engine.url));
    const reader = events.body?.getReader();
    await reader?.read();
    const closed = closeCodeOf(await openSocket(engine, "c", "t"));
    await engine.stop();
    expect(await closed).toBe(1001);
    const rest = await reader?.read().then(
      ({ done }) => done,
      () => true,
    );
    expect(rest).toBe(true);
    subscription.close();
  });

  test("and starts again without keys takes none of the old tokens, and those who ask anew listen", async () => {
    engine = await startEngineWithApp({});
    const { port } = engine;
    const old = await getSubscriptionToken(engine.inngest, {
      channel: "chat:red",
      topics: ["messages"],
    });
    await engine.stop();
    engine = await startEngineWithApp({ port });
    const stale = await fetch(new URL(`/v1/realtime/sse?token=${old.key}`, engine.url));
    expect(stale.status).toBe(401);
    const { inbox } = await listen("red");
    await engine.inngest.realtime.publish(chat("red").messages, { text: "again" });
    await inbox.waitFor(({ length }) => length === 1);
  });

  test("and starts again with its key takes a token of before", async () => {
    engine = await startEngineWithApp({ signingKey: SIGNING_KEY });
    const { port } = engine;
    const old = await getSubscriptionToken(engine.inngest, {
      channel: "chat:red",
      topics: ["messages"],
    });
    await engine.stop();
    engine = await startEngineWithApp({ signingKey: SIGNING_KEY, port });
    const response = await fetch(new URL(`/v1/realtime/sse?token=${old.key}`, engine.url));
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });
});

async function openSocket(from: StartedEngine, name: string, topic: string): Promise<WebSocket> {
  const token = await getSubscriptionToken(from.inngest, { channel: name, topics: [topic] });
  const url = new URL(`/v1/realtime/connect?token=${token.key}`, from.url);
  url.protocol = "ws:";
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return socket;
}

function closeCodeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
}
