// What the routes ask of the server that a request came through, with a server that a test plays.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { SocketServer, SocketSession } from "../../src/http/realtime/socket-session.ts";
import { HttpFixture } from "./fixture.ts";

const TOPIC = { channel: "chat", name: "messages" };

let http: HttpFixture;
let sessions: SocketSession[];
let timeouts: number[];
beforeEach(() => {
  http = new HttpFixture();
  sessions = [];
  timeouts = [];
});
afterEach(() => http.close());

const server: SocketServer = {
  upgrade: (request, { data }) => {
    if (request.headers.get("upgrade") !== "websocket") return false;
    sessions.push(data);
    return true;
  },
  timeout: (_request, seconds) => timeouts.push(seconds),
};

class FakeSocket {
  bufferedBytes = 0;
  readonly log: string[] = [];
  send = (text: string) => this.log.push(text);
  cork = (work: () => unknown) => work();
  getBufferedAmount = () => this.bufferedBytes;
  ping = () => this.log.push("ping");
  close = (code: number, reason: string) => this.log.push(`close ${code} ${reason}`);
}

async function ask(way: string, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await http.post("/v1/realtime/token", [TOPIC]);
  const { jwt } = (await answer.json()) as { jwt: string };
  return http.app.request(`/v1/realtime/${way}?token=${jwt}`, { headers }, server);
}

async function openSocket(): Promise<{ session: SocketSession; socket: FakeSocket }> {
  await ask("connect", { upgrade: "websocket" });
  const [session] = sessions;
  if (!session) throw new Error("no upgrade was asked for");
  const socket = new FakeSocket();
  session.open(socket);
  return { session, socket };
}

async function publish(data: string): Promise<void> {
  await http.request("/v1/realtime/publish?channel=chat&topic=messages", {
    method: "POST",
    body: data,
  });
  await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("a WebSocket", () => {
  test("is sent messages, and pings every 15 s", async () => {
    const { socket } = await openSocket();
    await publish("1");
    http.clock.advanceMs(15_000);
    expect(socket.log).toEqual([expect.stringContaining('"data":1'), "ping"]);
  });

  test("is sent nothing of the bytes that are piped to event streams", async () => {
    const { session, socket } = await openSocket();
    session.deliver([new Uint8Array([1]), "text"]);
    expect(socket.log).toEqual(["text"]);
  });

  test("that is closed at its other end is no subscriber any more", async () => {
    const { session, socket } = await openSocket();
    session.end();
    await publish("1");
    expect(http.realtime.hub.connectionCount).toBe(0);
    expect(socket.log).toEqual([]);
  });

  test("is closed with a code that says try again later when it is too slow", async () => {
    const { socket } = await openSocket();
    socket.bufferedBytes = 5 * 1024 * 1024;
    await publish("1");
    expect(socket.log).toEqual(["close 1013 too-slow"]);
  });

  test("is closed as the engine goes away", async () => {
    const { socket } = await openSocket();
    http.realtime.hub.close();
    expect(socket.log).toEqual(["close 1001 engine-stops"]);
  });

  test("that opens when others have taken the last room is closed", async () => {
    await ask("connect", { upgrade: "websocket" });
    http.realtime.hub.close();
    const socket = new FakeSocket();
    sessions[0]?.open(socket);
    expect(socket.log).toEqual(["close 1013 no-room"]);
  });

  test("is not opened for a request that asks for none", async () => {
    expect((await ask("connect")).status).toBe(400);
    expect(sessions).toEqual([]);
  });
});

test("an event stream that nobody reads is cut soon after it was given up", async () => {
  await ask("sse");
  const large = JSON.stringify("x".repeat(500_000));
  while (http.realtime.hub.connectionCount > 0) await publish(large);
  expect(timeouts).toEqual([5]);
});
