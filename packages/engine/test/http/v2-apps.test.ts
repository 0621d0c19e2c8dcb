import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { HttpFixture } from "./fixture.ts";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
  http.addApp();
  http.addFunction({
    slug: "demo-bad",
    attemptsMax: 2,
    triggers: [{ kind: "event", event: "demo/bad" }],
  });
  http.addFunction({
    slug: "demo-ok",
    name: "All kinds of steps",
    attemptsMax: 3,
    concurrency: [{ limit: 5, scope: "fn", key: "event.data.k" }],
  });
  http.addFunction({
    slug: "demo-slow",
    triggers: [
      { kind: "event", event: "demo/slow" },
      { kind: "cron", cron: "0 5 * * *" },
    ],
  });
});
afterEach(() => http.close());

const APP = {
  createdAt: "2026-11-21T02:00:00.000Z",
  functionCount: 3,
  id: "demo",
  latestSync: {
    framework: "hono",
    sdkLanguage: "js",
    sdkVersion: "v4.24.0",
    url: "http://127.0.0.1:3111/demo",
  },
  method: "SERVE",
  name: "demo",
};

const SLOW = {
  app: { id: "demo" },
  configuration: {
    concurrency: [{ limit: { isPlanLimit: true, value: -1 }, scope: "ACCOUNT" }],
    retries: { isDefault: true, value: 4 },
  },
  id: "slow",
  name: "demo-slow",
  slug: "slow",
  triggers: [
    { type: "EVENT", value: "demo/slow" },
    { type: "CRON", value: "0 5 * * *" },
  ],
};

describe("apps in v2", () => {
  test("are listed as the server writes them", async () => {
    expect(await http.get("/api/v2/apps")).toEqual({
      data: [APP],
      metadata: { fetchedAt: expect.any(String) },
      page: { limit: 20 },
    });
  });

  test("are found by name", async () => {
    expect(await http.get("/api/v2/apps/demo")).toMatchObject({ data: APP });
    expect((await http.request("/api/v2/apps/nobody")).status).toBe(404);
  });

  test("come in pages", async () => {
    for (const name of ["shop", "blog"]) http.addApp(name);
    const first = (await http.get("/api/v2/apps?limit=2")) as { page: { cursor: string } };
    expect(first).toMatchObject({
      data: [{ id: "blog" }, { id: "demo" }],
      page: { hasMore: true },
    });
    expect(await http.get(`/api/v2/apps?limit=2&cursor=${first.page.cursor}`)).toMatchObject({
      data: [{ id: "shop" }],
      page: { limit: 2 },
    });
    expect((await http.request("/api/v2/apps?cursor=x")).status).toBe(400);
  });
});

describe("functions in v2", () => {
  test("are listed without those that the app no longer has", async () => {
    http.store.apps.archiveFunction("function-demo-bad", 1);
    const answer = (await http.get("/api/v2/apps/demo/functions")) as { data: { id: string }[] };
    expect(answer.data.map(({ id }) => id)).toEqual(["ok", "slow"]);
  });

  test("are written as the server writes them", async () => {
    expect(await http.get("/api/v2/apps/demo/functions/slow")).toMatchObject({ data: SLOW });
    expect(await http.get("/api/v2/apps/demo/functions/ok")).toMatchObject({
      data: {
        configuration: {
          concurrency: [
            { key: "event.data.k", limit: { isPlanLimit: false, value: 5 }, scope: "FUNCTION" },
          ],
          retries: { isDefault: false, value: 2 },
        },
      },
    });
  });

  test("say why they are never started", async () => {
    http.addFunction({ slug: "demo-odd", problem: "batchEvents is not there yet" });
    expect(await http.get("/api/v2/apps/demo/functions/odd")).toMatchObject({
      data: { problem: "batchEvents is not there yet" },
    });
  });

  test("have their own list of runs", async () => {
    http.addRun({ functionId: "function-demo-slow" });
    const runId = http.addRun();
    expect(await http.get("/api/v2/apps/demo/functions/ok/runs?limit=1")).toMatchObject({
      data: [{ id: runId }],
      page: { limit: 1 },
    });
  });

  test("that are not there are 404, whatever is asked of them", async () => {
    const paths = ["demo/functions/x", "x/functions/ok", "demo/functions/x/runs", "x/functions"];
    for (const path of paths) {
      expect((await http.request(`/api/v2/apps/${path}`)).status).toBe(404);
    }
    expect((await http.post("/api/v2/apps/demo/functions/x/invoke", {})).status).toBe(404);
    expect(http.asked).toEqual([]);
  });
});

describe("POST …/invoke", () => {
  const PATH = "/api/v2/apps/demo/functions/ok/invoke";

  test("starts the function with its data, once for a key", async () => {
    const response = await http.post(PATH, { data: { x: 2 }, idempotencyKey: "once" });
    expect(await response.json()).toMatchObject({ data: { runId: expect.any(String) } });
    const input = { slug: "demo-ok", data: { x: 2 }, idempotencyKey: "once" };
    expect(http.asked).toEqual([{ command: "invoke", input }]);
  });

  test("needs no body", async () => {
    expect((await http.post(PATH)).status).toBe(200);
    expect(http.asked[0]?.input).toEqual({ slug: "demo-ok", data: {} });
  });

  test.each([{ data: 1 }, { idempotencyKey: "" }, { idempotencyKey: "x".repeat(513) }, "[]", "{"])(
    "refuses %p",
    async (body) => {
      expect((await http.post(PATH, body)).status).toBe(400);
      expect(http.asked).toEqual([]);
    },
  );
});

describe("events in v2", () => {
  test("are taken one at a time", async () => {
    const response = await http.post("/api/v2/events", { name: "demo/told", data: { k: "z" } });
    expect(await response.json()).toMatchObject({ data: { eventId: expect.any(String) } });
    expect(http.asked[0]?.input).toMatchObject({ events: [{ name: "demo/told" }] });
  });

  test.each(["{}", "[]", '[{"name":"a"},{"name":"b"}]', '{"name":"inngest/x"}'])(
    "refuse %p",
    async (body) => {
      const response = await http.post("/api/v2/events", body);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        errors: [{ code: "api_error", message: expect.any(String) }],
      });
      expect(http.asked).toEqual([]);
    },
  );

  test("know the runs that they started, in pages", async () => {
    const eventInternalId = http.addEvent("demo/ok");
    const ids = [http.addRun({ eventInternalId }), http.addRun({ eventInternalId })].reverse();
    const path = `/api/v2/events/${eventInternalId}/runs?limit=1`;
    const first = (await http.get(path)) as { page: { cursor: string } };
    expect(first).toMatchObject({ data: [{ id: ids[0] }], page: { hasMore: true, limit: 1 } });
    expect(await http.get(`${path}&cursor=${first.page.cursor}`)).toMatchObject({
      data: [{ id: ids[1] }],
      page: { limit: 1 },
    });
  });

  test("that are not there have no runs", async () => {
    const response = await http.request("/api/v2/events/01M7XX6RHXFQ11CGAZ6E55S500/runs");
    expect(response.status).toBe(404);
  });
});

test("GET /api/v2/health says that it is well", async () => {
  expect(await http.get("/api/v2/health")).toEqual({
    data: { status: "ok" },
    metadata: { fetchedAt: "2026-11-21T02:00:00.000Z" },
  });
});
