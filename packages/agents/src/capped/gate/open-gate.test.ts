import { afterEach, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { type Gate, openGate } from "./open-gate.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Answers with what it was sent, and counts. */
function serveEcho() {
  const seen: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = await request.text();
      seen.push(`${request.method} ${new URL(request.url).pathname} ${body}`);
      return new Response(body === "" ? "empty" : body);
    },
  });
  closers.push(() => void server.stop(true));
  return { seen, host: `127.0.0.1:${server.port}`, url: server.url.origin };
}

async function open(
  mayPass: () => boolean = () => true,
  env: Readonly<Record<string, string>> = {},
): Promise<Gate> {
  const gate = await openGate({ mayPass, env });
  if (gate === null) throw new Error("promised: a gate");
  closers.push(() => gate.close());
  return gate;
}

const addressOf = (gate: Gate) => new URL(gate.environment["HTTPS_PROXY"] ?? "");
const wordOf = (gate: Gate) => {
  const { username, password } = addressOf(gate);
  return `Proxy-Authorization: Basic ${btoa(`${username}:${password}`)}\r\n`;
};

/** A raw client: `read` waits until what came has this in it, or the connection has ended. */
function dial(gate: Gate) {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let received = "";
  const arrivals = new Set<() => void>();
  const socket: Socket = connect(Number(addressOf(gate).port), "127.0.0.1");
  socket.on("data", (piece) => {
    received += piece.toString("latin1");
    for (const arrival of arrivals) arrival();
  });
  socket.on("error", () => {});
  socket.on("close", () => resolve());
  closers.push(() => socket.destroy());
  return {
    send: (text: string) => void socket.write(text),
    async read(part: string): Promise<string> {
      const { promise: arrived, resolve: tell } = Promise.withResolvers<void>();
      const arrival = () => received.includes(part) && tell();
      arrivals.add(arrival);
      arrival();
      await Promise.race([arrived, ended]);
      return received;
    },
    ended,
  };
}

const ESTABLISHED = "200 Connection Established\r\n\r\n";
const post = (host: string, body: string) =>
  `POST /call HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe("a gate", () => {
  test("lets an agent through to any server, in a tunnel into which it doesn't look", async () => {
    const { host, seen } = serveEcho();
    const gate = await open();
    const client = dial(gate);
    client.send(`CONNECT ${host} HTTP/1.1\r\n${wordOf(gate)}\r\n`);
    await client.read(ESTABLISHED);
    client.send(post(host, "one"));
    expect(await client.read("one")).toContain("one");
    client.send(post(host, "two"));
    expect(await client.read("two")).toContain("two");
    expect(seen).toEqual(["POST /call one", "POST /call two"]);
  });

  test("passes a plain request on, too, as large as it is", async () => {
    const { url, seen } = serveEcho();
    const body = "x".repeat(3_000_000);
    const proxy = addressOf(await open()).href;
    const answer = await fetch(`${url}/large`, { method: "POST", body, proxy });
    expect((await answer.text()).length).toBe(body.length);
    expect(seen).toEqual([`POST /large ${body}`]);
  });

  test("G1: asks before each piece, and from the first no on nothing of the agent reaches a server", async () => {
    const { host, seen } = serveEcho();
    let isOver = false;
    const gate = await open(() => !isOver);
    const [open1, open2] = [dial(gate), dial(gate)];
    for (const client of [open1, open2]) {
      client.send(`CONNECT ${host} HTTP/1.1\r\n${wordOf(gate)}\r\n`);
      await client.read(ESTABLISHED);
    }
    open1.send(post(host, "before"));
    await open1.read("before");
    isOver = true;
    open1.send(post(host, "after"));
    open2.send(post(host, "after"));
    await Promise.all([open1.ended, open2.ended]);
    const late = dial(gate);
    late.send(`CONNECT ${host} HTTP/1.1\r\n${wordOf(gate)}\r\n`);
    await late.ended;
    expect(seen).toEqual(["POST /call before"]);
  });

  test("G3: wants the word of its agent's environment", async () => {
    const { host, seen } = serveEcho();
    const gate = await open();
    for (const word of ["", "Proxy-Authorization: Basic YWdlbnQ6Z3Vlc3M=\r\n"]) {
      const client = dial(gate);
      client.send(`CONNECT ${host} HTTP/1.1\r\n${word}\r\n`);
      expect(await client.read("\r\n\r\n")).toStartWith("HTTP/1.1 407 ");
      await client.ended;
    }
    expect(seen).toEqual([]);
  });

  test("says that a server is not there, and that a request is none for a proxy", async () => {
    const gate = await open();
    const nowhere = dial(gate);
    nowhere.send(`CONNECT 127.0.0.1:1 HTTP/1.1\r\n${wordOf(gate)}\r\n`);
    expect(await nowhere.read("\r\n\r\n")).toStartWith("HTTP/1.1 502 ");
    const page = dial(gate);
    page.send(`GET / HTTP/1.1\r\n${wordOf(gate)}\r\n`);
    expect(await page.read("\r\n\r\n")).toStartWith("HTTP/1.1 400 ");
    const endless = dial(gate);
    endless.send(`GET / HTTP/1.1\r\nX: ${"x".repeat(70_000)}`);
    expect(await endless.read("\r\n\r\n")).toStartWith("HTTP/1.1 431 ");
  });

  test("G4: goes through the machine's own proxy, with its word, but to what that one is not for", async () => {
    const { host, url, seen } = serveEcho();
    const asked: string[] = [];
    // Another gate stands for the proxy of a company.
    const parent = await open(() => {
      asked.push("parent");
      return true;
    });
    const named = { HTTPS_PROXY: addressOf(parent).href, HTTP_PROXY: addressOf(parent).href };
    const gate = await open(() => true, named);
    const client = dial(gate);
    client.send(`CONNECT ${host} HTTP/1.1\r\n${wordOf(gate)}\r\n`);
    await client.read(ESTABLISHED);
    client.send(post(host, "tunnel"));
    await client.read("tunnel");
    const plain = await fetch(`${url}/plain`, { proxy: addressOf(gate).href });
    expect(await plain.text()).toBe("empty");
    const timesAsked = asked.length;
    expect(timesAsked).toBeGreaterThanOrEqual(3);

    const past = await open(() => true, { ...named, NO_PROXY: "127.0.0.1" });
    expect(past.environment["NO_PROXY"]).toBe("");
    await fetch(`${url}/past`, { proxy: addressOf(past).href });
    expect(asked.length).toBe(timesAsked);
    expect(seen).toEqual(["POST /call tunnel", "GET /plain ", "GET /past "]);
  });

  test("is not there where the way out is of a kind that it can't go", async () => {
    expect(
      await openGate({ mayPass: () => true, env: { ALL_PROXY: "socks5://p:1080" } }),
    ).toBeNull();
  });
});
