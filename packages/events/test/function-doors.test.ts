// The two doors of an event as the official SDK opens them: a function that is called by an engine.
// The calls are made by hand, in the shape that an engine sends.

import { afterEach, describe, expect, test } from "bun:test";
import { serve } from "inngest/bun";
import { z } from "zod";
import { busEvents, createBusClient } from "../src/index.ts";

const url = "https://example.org/talk.mp4";

const servers: Bun.Server<undefined>[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop(true))));

const listen = (fetch: (request: Request) => Promise<Response>) => {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
};

function startEndpoint() {
  const sent: unknown[] = [];
  const eventApi = listen(async (request) => {
    sent.push(...z.array(z.unknown()).parse(await request.json()));
    return Response.json({ ids: ["id"], status: 200 });
  });
  const logger = { info() {}, warn() {}, error() {}, debug() {}, flush() {} };
  const client = createBusClient({ isDev: true, baseUrl: eventApi, logger });
  const chain = client.createFunction(
    { id: "chain", triggers: [busEvents["pipeline/video.download"]], retries: 2 },
    async ({ event, step }) => {
      await step.sendEvent("emit-events", {
        name: "content/summarize",
        // What a mistake in a function's code would send: not a slug, but a path.
        data: { noteSlug: event.data.title ?? "../../etc" },
      });
      return event.data.url;
    },
  );
  const endpoint = listen(serve({ client, functions: [chain] }));
  const call = async (event: { name: string; data: unknown }) => {
    const payload = { ...event, id: "event-1", ts: 1_750_000_000_000, user: {} };
    const runId = "01K3ZJ4T1Q8X5V7N2M6B9C0D3E";
    const stack = { stack: [], current: 0 };
    const response = await fetch(`${endpoint}/api/inngest?fnId=system-bus-chain&stepId=step`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        event: payload,
        events: [payload],
        steps: {},
        ctx: { run_id: runId, attempt: 0, stack },
        version: 2,
      }),
    });
    const mayRetry = response.headers.get("x-inngest-no-retry") !== "true";
    return { status: response.status, mayRetry, body: await response.text() };
  };
  return { call, sent };
}

describe("receiving", () => {
  test("a malformed event is refused without a retry: another try cannot help", async () => {
    const { call, sent } = startEndpoint();
    const answer = await call({ name: "pipeline/video.download", data: { url: "file:///x" } });
    expect(answer).toMatchObject({ status: 400, mayRetry: false });
    expect(answer.body).toContain("only http and https addresses are fetched");
    expect(sent).toEqual([]);
  });

  test("a field of another version does not fail a run that was acknowledged", async () => {
    const { call } = startEndpoint();
    const data = { url, title: "a-slug", fieldOfTomorrow: true };
    expect(await call({ name: "pipeline/video.download", data })).toMatchObject({ status: 206 });
  });

  test("an invoked function takes the engine's own key among its fields", async () => {
    const { call } = startEndpoint();
    const data = { url, title: "a-slug", _inngest: { correlation_id: "run.step" } };
    expect(await call({ name: "inngest/function.invoked", data })).toMatchObject({ status: 206 });
  });
});

describe("step.sendEvent", () => {
  test("a well-formed event goes to the engine", async () => {
    const { call, sent } = startEndpoint();
    const answer = await call({ name: "pipeline/video.download", data: { url, title: "a-slug" } });
    expect(answer).toMatchObject({ status: 206 });
    expect(sent).toMatchObject([{ name: "content/summarize", data: { noteSlug: "a-slug" } }]);
  });

  test("a malformed event is not sent and its step is not tried again", async () => {
    const { call, sent } = startEndpoint();
    const answer = await call({ name: "pipeline/video.download", data: { url } });
    expect(answer.body).toContain("content/summarize was not sent: its data is malformed.");
    expect(answer.mayRetry).toBe(false);
    expect(sent).toEqual([]);
  });
});
