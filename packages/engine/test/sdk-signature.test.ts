// The official SDK, unmodified, as the judge of `src/protocol/signature.ts`: protocol notes, section 1.8.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Hono } from "hono";
import { Inngest } from "inngest";
import { serve } from "inngest/hono";
import { canonicalJson } from "../src/protocol/canonical-json.ts";
import {
  hashSigningKey,
  matchesBearer,
  signBody,
  verifySignature,
} from "../src/protocol/signature.ts";

const KEY = "5a".repeat(32);
const FALLBACK = "b7".repeat(32);
const FUNCTION_URL = "http://worker.test/api/inngest?fnId=app-echo&stepId=step";

describe("a call that is signed for the SDK in cloud mode", () => {
  test("is carried out", async () => {
    const answer = await post(createWorker(), callBody({ a: 1 }), signNow(KEY, callBody({ a: 1 })));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ a: 1 });
  });

  test("is carried out when the worker's key has a prefix and ours has none", async () => {
    const worker = createWorker({ signingKey: `signkey-prod-${KEY}` });
    const body = callBody({ a: 1 });
    expect((await post(worker, body, signNow(KEY, body))).status).toBe(200);
  });

  test("is carried out when the worker knows our key as its fallback", async () => {
    const worker = createWorker({ signingKey: FALLBACK, signingKeyFallback: KEY });
    const body = callBody({ a: 1 });
    expect((await post(worker, body, signNow(KEY, body))).status).toBe(200);
  });

  test("is refused with 401 under a wrong key, without a signature, or six minutes late", async () => {
    const worker = createWorker();
    const body = callBody({ a: 1 });
    const late = signBody(KEY, body, nowSeconds() - 360);
    expect((await post(worker, body, signNow(FALLBACK, body))).status).toBe(401);
    expect((await post(worker, body, undefined)).status).toBe(401);
    expect((await post(worker, body, late)).status).toBe(401);
    expect((await post(worker, callBody({ a: 2 }), signNow(KEY, body))).status).toBe(401);
  });

  test.each<[string, unknown]>([
    ["numeric keys", { 10: 1, 9: 2, "-1": 3 }],
    ["keys beyond the basic plane", { "\u{1f600}": 1, "\ufb33": 2 }],
    ["a field named toJSON", { b: 1, toJSON: "x", a: 2, 9: 1, 10: 1 }],
    ["a field named toJSON without a value", { b: 1, toJSON: null, a: 2 }],
    ["a field named __proto__", JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}')],
    ["numbers at the edge", { n: [1e21, 1e-7, -0, 5e-324, 0.1 + 0.2, 2 ** 53] }],
    ["a lone surrogate", { text: "\ud800" }],
    ["line separators", { text: "\u2028\u2029\u007f" }],
  ])("is carried out with %s in its event", async (_, data) => {
    await expectAccepted(createWorker(), data);
  });

  test("is carried out with any JSON in its event (property)", async () => {
    const worker = createWorker();
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (data) => {
        await expectAccepted(worker, data);
      }),
      { numRuns: 50 },
    );
  });
});

describe("an answer of the SDK in cloud mode", () => {
  test("carries a signature over its raw text that we accept, and none that we would for other text", async () => {
    const body = callBody({ text: "ä € 😀", n: 1.5 });
    const answer = await post(createWorker(), body, signNow(KEY, body));
    const text = await answer.text();
    const header = answer.headers.get("x-inngest-signature");
    const verify = (keys: readonly string[], answered: string) =>
      verifySignature({ keys, header, body: answered, nowSeconds: nowSeconds() });
    expect(verify([KEY], text)).toBe("valid");
    expect(verify([FALLBACK, KEY], text)).toBe("valid");
    expect(verify([FALLBACK], text)).toBe("mismatch");
    expect(verify([KEY], `${text} `)).toBe("mismatch");
  });

  test("to a signed introspection names the hash of our key", async () => {
    const answer = await createWorker().request("/api/inngest", {
      headers: { "x-inngest-signature": signNow(KEY, "") },
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      authentication_succeeded: true,
      signing_key_hash: hashSigningKey(KEY).slice(0, 12),
    });
  });
});

test("the SDK registers with a Bearer key that we accept", async () => {
  const seen: (string | null)[] = [];
  const answerSync = async (_url: unknown, init?: RequestInit) => {
    seen.push(new Headers(init?.headers).get("authorization"));
    return Response.json({ ok: true, modified: true });
  };
  const worker = createWorker({
    signingKey: `signkey-prod-${KEY}`,
    fetch: Object.assign(answerSync, { preconnect() {} }),
  });
  const answer = await worker.request("/api/inngest", { method: "PUT" });
  expect(await answer.json()).toMatchObject({ modified: true });
  expect(seen).toEqual([`Bearer signkey-prod-${hashSigningKey(KEY)}`]);
  expect(matchesBearer(seen[0], [KEY])).toBe(true);
  expect(matchesBearer(seen[0], [FALLBACK])).toBe(false);
});

interface WorkerOptions {
  readonly signingKey?: string;
  readonly signingKeyFallback?: string;
  readonly fetch?: typeof fetch;
}

/** A worker with one function that gives back its event's data, in this process. */
function createWorker(options: WorkerOptions = {}): Hono {
  const silent = { info() {}, warn() {}, error() {}, debug() {}, flush: async () => {} };
  const client = new Inngest({
    id: "app",
    isDev: false,
    signingKey: KEY,
    logger: silent,
    internalLogger: silent,
    checkpointing: false,
    ...options,
  });
  const echo = client.createFunction(
    { id: "echo", triggers: [{ event: "app/echo" }] },
    ({ event }) => event.data,
  );
  const app = new Hono();
  app.all("/api/inngest", serve({ client, functions: [echo] }));
  return app;
}

function callBody(data: unknown): Record<string, unknown> {
  const event = { id: "e1", name: "app/echo", data, user: {}, ts: 1_795_262_400_000 };
  return {
    version: 2,
    event,
    events: [event],
    steps: {},
    ctx: {
      run_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
      attempt: 0,
      disable_immediate_execution: false,
      use_api: false,
      stack: { stack: [], current: 0 },
    },
  };
}

async function expectAccepted(worker: Hono, data: unknown): Promise<void> {
  const body = callBody(data);
  const answer = await post(worker, body, signNow(KEY, body));
  expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(data)));
  expect(answer.status).toBe(200);
}

async function post(worker: Hono, body: unknown, signature: string | undefined): Promise<Response> {
  return await worker.request(FUNCTION_URL, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(signature === undefined ? {} : { "x-inngest-signature": signature }),
    },
    body: canonicalJson(body),
  });
}

function signNow(key: string, body: unknown): string {
  return signBody(key, body, nowSeconds());
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
