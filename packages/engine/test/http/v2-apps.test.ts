import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { EngineError } from "../../src/core/errors.ts";
import { HttpFixture, START_MS } from "./fixture.ts";

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
    { type: "CRON", value: "0 5 * * *", nextAt: "2026-11-21T05:00:00.000Z" },
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

describe("syncs in v2", () => {
  const sync = {
    appId: "app-demo",
    url: "http://127.0.0.1:3111/demo",
    framework: "hono",
    sdkLanguage: "js",
    sdkVersion: "4.24.0",
    functionCount: 3,
    syncedAtMs: START_MS,
  };
  const idAt = (n: number) => `01M7XX8TM7D9ZZM0CYMRMSQ${String(n).padStart(3, "0")}`;

  test("are listed newest first, of one app, and the newest fifty are kept", async () => {
    for (let n = 0; n < 60; n += 1) http.store.syncs.insert({ ...sync, id: idAt(n) });
    http.store.syncs.insert({ ...sync, id: idAt(100), appId: "app-other" });
    const { data } = (await http.get("/api/v2/apps/demo/syncs?limit=100")) as { data: object[] };
    expect(data).toHaveLength(50);
    expect(data[0]).toEqual({
      id: idAt(59),
      app: { id: "demo" },
      url: sync.url,
      framework: "hono",
      sdkLanguage: "js",
      sdkVersion: "v4.24.0",
      functionCount: 3,
      syncedAt: "2026-11-21T02:00:00.000Z",
    });
    expect(data.at(-1)).toMatchObject({ id: idAt(10) });
    expect((await http.request("/api/v2/apps/nobody/syncs")).status).toBe(404);
  });

  test("are asked for with the app's address", async () => {
    const url = "http://127.0.0.1:3111/api/inngest";
    const response = await http.post("/api/v2/apps/new/syncs", { url });
    expect(await response.json()).toMatchObject({
      data: { app: { id: "new" }, url, isModified: true },
    });
    expect(http.asked).toEqual([{ command: "syncApp", input: { url, appName: "new" } }]);
  });

  test.each([{}, { url: "ftp://x" }, { url: "x" }, { url: 1 }])(
    "are refused with %p",
    async (body) => {
      expect((await http.post("/api/v2/apps/demo/syncs", body)).status).toBe(400);
      expect(http.asked).toEqual([]);
    },
  );

  test("say why the app could not be synced", async () => {
    http.failure = new EngineError("SYNC_REJECTED", "it is down");
    const response = await http.post("/api/v2/apps/demo/syncs", { url: "http://x/api" });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("it is down");
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
