// What the official SDK, unmodified, registers, read by `src/protocol/registration.ts`.

import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { cron, eventType, Inngest } from "inngest";
import { serve } from "inngest/hono";
import { readInBandSync, readRegistration } from "../src/protocol/registration.ts";
import { signBody } from "../src/protocol/signature.ts";

const KEY = "5a".repeat(32);
const URL_ = "http://127.0.0.1:3111/api/inngest";

describe("the functions of an app", () => {
  test("register themselves when somebody asks with a plain PUT", async () => {
    const { worker, posted } = createWorker({ isDev: true });
    const answer = await worker.request(URL_, { method: "PUT" });
    expect(await answer.json()).toEqual({ message: "Successfully registered", modified: true });
    expect(readRegistration(posted[0] ?? "")).toMatchObject({
      kind: "registered",
      registration: {
        appName: "app",
        url: URL_,
        framework: "hono",
        sdkLanguage: "js",
        functions: [
          {
            slug: "app-greet",
            name: "Greet",
            triggers: [
              { kind: "event", event: "app/hello", expression: "event.data.who != 'me'" },
              { kind: "event", event: "app/typed" },
              { kind: "cron", cron: "TZ=Europe/Berlin 0 9 * * *" },
            ],
            url: `${URL_}?fnId=app-greet&stepId=step`,
            attemptsMax: 3,
            concurrency: [{ limit: 2, scope: "fn", key: "event.data.who" }],
          },
          {
            slug: "app-greet-failure",
            name: "Greet (failure)",
            triggers: [
              {
                kind: "event",
                event: "inngest/function.failed",
                expression: "event.data.function_id == 'app-greet'",
              },
            ],
            url: `${URL_}?fnId=app-greet-failure&stepId=step`,
            attemptsMax: 2,
            concurrency: [],
          },
          { slug: "app-idle", triggers: [], attemptsMax: 5 },
          {
            slug: "app-stoppable",
            cancelOn: [{ event: "app/stop" }],
            debounce: { periodMs: 5_000 },
          },
        ],
      },
    });
  });

  test.each([{ isDev: true }, { isDev: false, signingKey: KEY }])(
    "are handed over when the engine asks, the same as when they register themselves: %j",
    async (options) => {
      const { worker, posted } = createWorker(options);
      const answer = await worker.request(URL_, {
        method: "PUT",
        headers: {
          "content-type": "application/json",
          "x-inngest-sync-kind": "in_band",
          "x-inngest-signature": signBody(KEY, { url: URL_ }, Math.floor(Date.now() / 1_000)),
        },
        body: JSON.stringify({ url: URL_ }),
      });
      const { status, headers } = answer;
      const handedOver = readInBandSync({ status, headers, body: await answer.text(), url: URL_ });
      await worker.request(URL_, { method: "PUT" });
      expect(handedOver.kind).toBe("registered");
      expect(handedOver).toEqual(readRegistration(posted[0] ?? ""));
    },
  );

  test("are not handed over under a wrong key, and the refusal says so", async () => {
    const { worker } = createWorker({ isDev: false, signingKey: KEY });
    const answer = await worker.request(URL_, {
      method: "PUT",
      headers: {
        "x-inngest-sync-kind": "in_band",
        "x-inngest-signature": signBody("b7".repeat(32), { url: URL_ }, Date.now() / 1_000),
      },
      body: JSON.stringify({ url: URL_ }),
    });
    const { status, headers } = answer;
    expect(readInBandSync({ status, headers, body: await answer.text(), url: URL_ })).toMatchObject(
      {
        kind: "refused",
        problem: expect.stringContaining("same signing key"),
      },
    );
  });
});

function createWorker(options: { readonly isDev: boolean; readonly signingKey?: string }) {
  const posted: string[] = [];
  const answerSync = async (_url: unknown, init?: RequestInit) => {
    posted.push(String(init?.body));
    return Response.json({ ok: true, modified: true });
  };
  const silent = { info() {}, warn() {}, error() {}, debug() {}, flush: async () => {} };
  const client = new Inngest({
    id: "app",
    baseUrl: "http://engine.test",
    logger: silent,
    internalLogger: silent,
    fetch: Object.assign(answerSync, { preconnect() {} }),
    ...options,
  });
  const greet = client.createFunction(
    {
      id: "greet",
      name: "Greet",
      retries: 2,
      concurrency: { limit: 2, key: "event.data.who" },
      triggers: [
        { event: "app/hello", if: "event.data.who != 'me'" },
        eventType("app/typed"),
        cron("TZ=Europe/Berlin 0 9 * * *"),
      ],
      onFailure: () => null,
    },
    () => null,
  );
  const idle = client.createFunction({ id: "idle", triggers: [] }, () => null);
  const stoppable = client.createFunction(
    {
      id: "stoppable",
      triggers: [{ event: "app/start" }],
      debounce: { period: "5s" },
      cancelOn: [{ event: "app/stop", match: "data.id" }],
    },
    () => null,
  );
  const worker = new Hono().all(
    "/api/inngest",
    serve({ client, functions: [greet, idle, stoppable] }),
  );
  return { worker, posted };
}
