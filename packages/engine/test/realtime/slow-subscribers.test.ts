// Those who take nothing of what they are sent, over sockets that are never read.

import { afterEach, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { getSubscriptionToken } from "inngest/realtime";
import { Inbox, type StartedEngine, startEngineWithApp } from "./started-engine.ts";

const CHAT = { channel: "chat", topic: "messages" };
/** Enough for the buffers of the operating system, and for what the engine lets wait. */
const PUBLISHED_MAX = 200;
const BIG = "x".repeat(400_000);

let engine: StartedEngine;
let slow: Socket;
afterEach(async () => {
  // First: a stop must not wait for those who read nothing.
  await engine.stop();
  slow.destroy();
});

const token = async (): Promise<string> => {
  const about = { channel: CHAT.channel, topics: [CHAT.topic] };
  return (await getSubscriptionToken(engine.inngest, about)).key ?? "";
};

/** Asks, waits until the answer has begun, and then reads no more. */
async function openAndStall(way: "connect" | "sse"): Promise<void> {
  const upgrade = [
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
  ];
  const head = [
    `GET /v1/realtime/${way}?token=${await token()} HTTP/1.1`,
    "Host: 127.0.0.1",
    ...(way === "connect" ? upgrade : []),
  ];
  slow = connect(engine.port, "127.0.0.1");
  slow.on("error", () => {});
  slow.write(`${head.join("\r\n")}\r\n\r\n`);
  await new Promise<void>((resolve) => slow.once("data", () => resolve()));
  slow.pause();
}

const wasDropped = () => engine.logged.some(({ message }) => message.includes("did not keep up"));

describe.each(["connect", "sse"] as const)("a subscriber at %s that reads nothing", (way) => {
  test("is dropped, while another gets everything", async () => {
    engine = await startEngineWithApp({});
    const inbox = new Inbox<{ readonly data: unknown }>();
    await engine.inngest.realtime.subscribe({
      channel: CHAT.channel,
      topics: [CHAT.topic],
      onMessage: (message: { readonly data: unknown }) => inbox.put(message),
    });
    await openAndStall(way);
    let publishedCount = 0;
    while (!wasDropped() && publishedCount < PUBLISHED_MAX) {
      await engine.inngest.realtime.publish({ ...CHAT, config: { schema: anything } }, BIG);
      publishedCount += 1;
    }
    expect(wasDropped()).toBe(true);
    await inbox.waitFor(({ length }) => length === publishedCount);
    expect(inbox.messages.every(({ data }) => data === BIG)).toBe(true);
  });
});

/** A schema that takes everything, because the SDK's type asks for one. */
const anything = {
  "~standard": { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) },
} as const;
