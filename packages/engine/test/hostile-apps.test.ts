// Apps that are broken or mean: what they answer is bounded, they are called where they registered and
// nowhere else, and what they say counts only under the engine's key. Over real sockets where the socket
// matters.

import { afterEach, describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { Inngest } from "inngest";
import { serve } from "inngest/hono";
import { EngineCore } from "../src/engine.ts";
import { signBody } from "../src/protocol/signature.ts";
import { readBody } from "../src/runtime/calls/read-body.ts";
import { type CallResult, SdkCaller } from "../src/runtime/calls/sdk-caller.ts";
import { systemClock } from "../src/runtime/clock.ts";

const KEY = "5a".repeat(32);
const OLD_KEY = "b7".repeat(32);
const SDK = { "x-inngest-sdk": "inngest-js:v4.24.0", "x-inngest-req-version": "2" };

let servers: { stop(closeAll: boolean): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of servers) await server.stop(true);
  servers = [];
});

function serveApp(answer: (request: Request) => Response | Promise<Response>): string {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, idleTimeout: 0, fetch: answer });
  servers.push(server);
  return new URL("/api/inngest", server.url).href;
}

function call(
  url: string,
  { timeoutMs = 10_000, keys = [] as string[] } = {},
): Promise<CallResult> {
  const caller = new SdkCaller({
    fetch: (to, init) => fetch(to, init),
    clock: systemClock,
    signingKeys: keys,
    timeoutMs,
  });
  return caller.call({ url, bodyJson: '{"ctx":{}}', headers: {} });
}

async function outcomeOf(result: Promise<CallResult>) {
  const settled = await result;
  if (settled.kind === "no-answer") throw new Error(settled.reason);
  return settled.answer.outcome;
}

/** Bytes without an end; `sent` counts them. */
function endless(sent: { bytes: number }): ReadableStream<Uint8Array> {
  const chunk = new Uint8Array(1_000_000).fill(0x20);
  return new ReadableStream({
    pull(controller) {
      sent.bytes += chunk.byteLength;
      controller.enqueue(chunk);
    },
  });
}

describe("an answer to a call", () => {
  test("without an end is cut off, and fails the run instead of being asked for again", async () => {
    const sent = { bytes: 0 };
    const url = serveApp(() => new Response(endless(sent), { status: 206, headers: SDK }));
    expect(await outcomeOf(call(url))).toMatchObject({
      kind: "failed",
      mayRetry: false,
      error: { name: "OutputTooLargeError", message: expect.stringContaining("33554432 bytes") },
    });
    const sentBytes = sent.bytes;
    expect(sentBytes).toBeLessThan(200_000_000);
    // The engine has hung up: nothing more is asked for.
    await Bun.sleep(100);
    expect(sent.bytes - sentBytes).toBeLessThan(20_000_000);
  });

  test("that says it has 200 MB is not read", async () => {
    const url = serveApp(
      () => new Response(new Uint8Array(200_000_000), { status: 206, headers: SDK }),
    );
    const before = process.memoryUsage().arrayBuffers;
    expect(await outcomeOf(call(url))).toMatchObject({ kind: "failed", mayRetry: false });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300_000_000);
  });

  test("that unpacks to 200 MB is cut off while it is unpacked", async () => {
    const packed = Bun.gzipSync(new Uint8Array(200_000_000));
    const headers = { ...SDK, "content-encoding": "gzip" };
    const url = serveApp(() => new Response(packed, { status: 206, headers }));
    expect(await outcomeOf(call(url))).toMatchObject({ kind: "failed", mayRetry: false });
  });

  test("that is packed and of a good size is read", async () => {
    const packed = Bun.gzipSync(Buffer.from('[{"op":"None","id":"x"}]'));
    const headers = { ...SDK, "content-encoding": "gzip" };
    const url = serveApp(() => new Response(packed, { status: 206, headers }));
    expect(await outcomeOf(call(url))).toMatchObject({ kind: "ops" });
  });

  test("that trickles is given up when the call's time is over", async () => {
    const url = serveApp(
      () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              controller.enqueue(new Uint8Array([0x20]));
              await Bun.sleep(20);
            },
          }),
          { status: 206, headers: SDK },
        ),
    );
    expect(await outcomeOf(call(url, { timeoutMs: 300 }))).toMatchObject({
      kind: "malformed",
      problem: expect.stringContaining("did not answer within"),
    });
  });

  test("that sends elsewhere is not followed", async () => {
    let isVisited = false;
    const elsewhere = serveApp(() => {
      isVisited = true;
      return new Response("[]", { status: 206, headers: SDK });
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const url = serveApp(
        () => new Response(null, { status, headers: { ...SDK, location: elsewhere } }),
      );
      expect(await outcomeOf(call(url))).toMatchObject({ kind: "malformed" });
    }
    expect(isVisited).toBe(false);
  });

  test("of something that is no SDK is told to the person, cut short", async () => {
    const page = `<html><body>${"<p>Welcome to my homepage</p>".repeat(10_000)}</body></html>`;
    const url = serveApp(() => new Response(page, { headers: { "content-type": "text/html" } }));
    const outcome = await outcomeOf(call(url));
    if (outcome.kind !== "malformed") throw new Error(outcome.kind);
    expect(outcome.problem).toContain("An Inngest SDK didn't answer there: status 200");
    expect(outcome.problem.length).toBeLessThan(1_000);
  });
});

test("a bounded answer is read as UTF-8, wherever its chunks are cut", async () => {
  const bytes = new TextEncoder().encode("äöü€");
  const body = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
  expect(await readBody(new Response(body()), bytes.length)).toBe("äöü€");
  expect(await readBody(new Response(body()), bytes.length - 1)).toBeNull();
  expect(await readBody(new Response(null), 0)).toBe("");
});

describe("while the signing key is being changed", () => {
  const functionsOf = (client: Inngest) => [
    client.createFunction({ id: "f", triggers: [{ event: "go" }] }, () => "done"),
  ];

  function serveSdk(signingKey: string): string {
    const client = new Inngest({ id: "app", isDev: false, signingKey, logger: silent });
    const app = new Hono().all("/api/inngest", serve({ client, functions: functionsOf(client) }));
    return serveApp((request) => app.fetch(request));
  }

  test("an app that has the old key only is called and asked under the fallback", async () => {
    const url = serveSdk(OLD_KEY);
    const engine = createEngine([KEY, OLD_KEY]);
    try {
      await engine.commands.syncApp(url);
      const [eventId = ""] = await engine.commands.acceptEvents([
        { name: "go", data: {}, user: {} },
      ]);
      const page = { after: null, limit: 1, withOutput: true };
      while (engine.reads.loadRunsOfEvent(eventId, page)[0]?.status !== "COMPLETED") {
        await Bun.sleep(10);
      }
    } finally {
      engine.close();
    }
  });

  test("an app that has neither key is not asked a third time", async () => {
    const url = serveSdk("cc".repeat(32));
    const result = await outcomeOf(call(url, { keys: [KEY, OLD_KEY] }));
    expect(result).toMatchObject({
      kind: "malformed",
      problem: expect.stringContaining("refused the call's signature (401)"),
    });
  });
});

describe("an in-band sync", () => {
  const body = (changes: object = {}) =>
    JSON.stringify({
      app_id: "app",
      url: "http://127.0.0.1:1/api/inngest",
      framework: "raw",
      sdk: "js:v4.24.0",
      functions: [],
      ...changes,
    });
  const headers = { ...SDK, "x-inngest-sync-kind": "in_band" };

  test("counts only under the engine's key", async () => {
    const nowSeconds = () => Math.floor(Date.now() / 1_000);
    const engine = createEngine([KEY, OLD_KEY]);
    const syncWith = (signature: string | null) => {
      const signed =
        signature === null ? headers : { ...headers, "x-inngest-signature": signature };
      return engine.commands.syncApp(serveApp(() => new Response(body(), { headers: signed })));
    };
    try {
      for (const signature of [
        null,
        "t=1&s=00",
        signBody("cc".repeat(32), body(), nowSeconds()),
        signBody(KEY, body(), nowSeconds() - 301),
        signBody(KEY, body({ app_id: "other" }), nowSeconds()),
      ]) {
        await expect(syncWith(signature)).rejects.toThrow("is not signed with the engine's key");
      }
      expect(await syncWith(signBody(KEY, body(), nowSeconds()))).toMatchObject({
        isModified: true,
      });
      expect(await syncWith(signBody(OLD_KEY, body(), nowSeconds()))).toMatchObject({
        isModified: false,
      });
    } finally {
      engine.close();
    }
  });

  test.each([
    ["in its body", { sdk: "js:v3.40.0" }, {}],
    ["in its header alone", { sdk: undefined }, { "x-inngest-sdk": "inngest-js:v3.40.0" }],
  ])("of an SDK with a known hole is refused, named %s", async (_, changes, more) => {
    const engine = createEngine([]);
    const url = serveApp(() => new Response(body(changes), { headers: { ...headers, ...more } }));
    try {
      await expect(engine.commands.syncApp(url)).rejects.toThrow(
        /sdk_version_denied.*CVE-2026-42047.*Update the package "inngest"/,
      );
      expect(engine.reads.loadApps()).toEqual([]);
    } finally {
      engine.close();
    }
  });

  test("that does not end, or sends elsewhere, is refused", async () => {
    const engine = createEngine([]);
    const elsewhere = serveApp(() => new Response(body(), { headers }));
    try {
      const endlessUrl = serveApp(() => new Response(endless({ bytes: 0 }), { headers }));
      await expect(engine.commands.syncApp(endlessUrl)).rejects.toThrow("more than 4194304 bytes");
      const movedUrl = serveApp(() => Response.redirect(elsewhere));
      await expect(engine.commands.syncApp(movedUrl)).rejects.toThrow("status 302");
    } finally {
      engine.close();
    }
  });
});

function createEngine(signingKeys: readonly string[]): EngineCore {
  const isDev = signingKeys.length === 0;
  return new EngineCore({ storage: { kind: "memory" }, isDev, signingKeys });
}

const silent = {
  info: () => {},
  warn: () => {},
  error: () => {},
  debug: () => {},
  flush: async () => {},
};
