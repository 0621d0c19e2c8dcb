// The engine on its socket: who may be let in, and what comes over the wire that no SDK would send. In real
// time, but nothing waits.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { type EngineOptions, type RunningEngine, startEngine } from "../src/index.ts";

const SIGNING_KEY = "5a".repeat(32);
const EVENT_KEY = "an-event-key";

const DEV = {
  host: "127.0.0.1",
  port: 0,
  storage: { kind: "memory" },
  isDev: true,
  eventKeys: [],
} satisfies EngineOptions;

describe("an engine", () => {
  test.each(["0.0.0.0", "::", "192.168.1.20", "bus.example", ""])(
    "does not listen on %p without keys",
    async (host) => {
      await expect(startEngine({ ...DEV, host })).rejects.toMatchObject({
        code: "OPTIONS_INVALID",
        message: expect.stringContaining("needs an event key and a signing key"),
      });
    },
  );

  test.each([
    { isDev: false },
    { isDev: false, eventKeys: [EVENT_KEY] },
    { isDev: false, signingKey: SIGNING_KEY },
    { host: "0.0.0.0", eventKeys: [EVENT_KEY] },
    { host: "0.0.0.0", signingKey: SIGNING_KEY },
  ])("does not start with %j alone", async (options) => {
    await expect(startEngine({ ...DEV, ...options })).rejects.toMatchObject({
      code: "OPTIONS_INVALID",
    });
  });

  test.each(["not-hex", "abc", "signkey-prod-", ""])(
    "does not start with %p for a signing key, and does not repeat it",
    async (signingKey) => {
      const starting = startEngine({ ...DEV, eventKeys: [EVENT_KEY], signingKey });
      await expect(starting).rejects.toThrow("openssl rand -hex 32");
      if (signingKey !== "") await expect(starting).rejects.not.toThrow(signingKey);
    },
  );

  test("listens on other addresses with both keys, and wants them", async () => {
    const keys = { eventKeys: [EVENT_KEY], signingKey: SIGNING_KEY };
    const engine = await startEngine({ ...DEV, ...keys, host: "0.0.0.0" });
    try {
      const url = `http://127.0.0.1:${engine.port}`;
      expect((await fetch(`${url}/api/v2/runs`)).status).toBe(401);
      expect((await fetch(`${url}/metrics`)).status).toBe(401);
      expect((await fetch(`${url}/health`)).status).toBe(200);
      const send = (key: string) =>
        fetch(`${url}/e/${key}`, { method: "POST", body: '{"name":"a"}' });
      expect((await send("wrong")).status).toBe(401);
      expect((await send(EVENT_KEY)).status).toBe(200);
    } finally {
      await engine.stop();
    }
  });
});

describe("over the wire", () => {
  let engine: RunningEngine;
  let sockets: Socket[];
  beforeEach(async () => {
    engine = await startEngine(DEV);
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await engine.stop();
  });

  function open(): Socket {
    const socket = connect(engine.port, "127.0.0.1");
    socket.on("error", () => {});
    sockets.push(socket);
    return socket;
  }

  /** Sends the text, then `more` as often as it is taken, and resolves to all that came back at the end. */
  function exchange(text: string, more?: string): Promise<string> {
    const socket = open();
    const { promise, resolve } = Promise.withResolvers<string>();
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("close", () => resolve(answer));
    socket.write(text);
    const pour = (): void => {
      if (more === undefined || socket.destroyed) return;
      socket.write(more, () => setImmediate(pour));
    };
    pour();
    return promise;
  }

  const post = (path: string, ...headers: string[]) =>
    [`POST ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");

  async function expectWell(): Promise<void> {
    const response = await fetch(`${engine.url}/e/key`, { method: "POST", body: '{"name":"a"}' });
    expect(response.status).toBe(200);
  }

  test.each([
    ["/e/key", 11 * 1024 * 1024],
    ["/fn/register", 5 * 1024 * 1024],
    ["/v1/checkpoint/run/async", 31 * 1024 * 1024 + 1024 * 1024 + 1],
    ["/invoke/f", 5 * 1024 * 1024],
    ["/v0/gql", 65 * 1024],
    ["/api/v2/events", 11 * 1024 * 1024],
    ["/nothing", 900_000_000],
  ])("a body for %s that says it has %i bytes is refused before it comes", async (path, length) => {
    const answer = await exchange(post(path, `Content-Length: ${length}`), "x");
    expect(answer).toMatch(/^HTTP\/1\.1 (413|404) /);
    await expectWell();
  });

  test("a body without an end is cut off, and so is its connection", async () => {
    const chunk = `${(100_000).toString(16)}\r\n${"x".repeat(100_000)}\r\n`;
    const answer = await exchange(post("/e/key", "Transfer-Encoding: chunked"), chunk);
    expect(answer).toStartWith("HTTP/1.1 413 ");
    await expectWell();
  });

  test("what is refused unread is not waited for", async () => {
    const headers = ["Content-Length: 1000", "Origin: https://evil.example"];
    const answer = await exchange(post("/fn/register", ...headers), "x");
    expect(answer).toStartWith("HTTP/1.1 403 ");
  });

  test("a flood of headers is refused", async () => {
    const large = `GET /health HTTP/1.1\r\nHost: localhost\r\nX: `;
    expect(await exchange(large, "v".repeat(5_000))).toStartWith("HTTP/1.1 431 ");
    const many = Array.from({ length: 5_000 }, (_, index) => `X${index}: 1`).join("\r\n");
    const head = `GET /health HTTP/1.1\r\nHost: localhost\r\n`;
    expect(await exchange(`${head}${many}\r\n\r\n`)).toStartWith("HTTP/1.1 431 ");
    await expectWell();
  });

  test.each(["\u0016\u0003\u0001 rubbish\r\n\r\n", "GET\r\n\r\n", "\0".repeat(20_000)])(
    "what is no HTTP is refused, case %#",
    async (text) => {
      expect(await exchange(text)).toMatch(/^HTTP\/1\.1 (400|431|505) /);
      await expectWell();
    },
  );

  test("hundreds of connections on which nothing comes are in nobody's way", async () => {
    for (let count = 0; count < 400; count += 1) open();
    for (let count = 0; count < 100; count += 1) {
      open().write(post("/e/key", "Content-Length: 1000"));
    }
    await expectWell();
  });

  test("a packed body is not unpacked, whatever it would become", async () => {
    const packed = Bun.gzipSync(Buffer.from('{"name":"a"}'));
    const response = await fetch(`${engine.url}/e/key`, {
      method: "POST",
      headers: { "content-encoding": "gzip" },
      body: packed,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: expect.stringContaining("no JSON") });
  });

  test("a client that goes away in the middle of its body is no error of the engine", async () => {
    const logged: string[] = [];
    const other = await startEngine({ ...DEV, onLog: ({ message }) => logged.push(message) });
    try {
      const socket = connect(other.port, "127.0.0.1");
      socket.write(`${post("/e/key", "Content-Length: 1000")}{`, () => socket.destroy());
      for (let metrics = ""; !metrics.includes('code="BODY_BROKEN"'); ) {
        metrics = await (await fetch(`${other.url}/metrics`)).text();
        expect(metrics).not.toContain('code="UNEXPECTED"');
      }
      expect(logged).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});
