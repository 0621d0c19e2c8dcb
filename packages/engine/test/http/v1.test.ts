import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { EngineError } from "../../src/core/errors.ts";
import { HttpFixture, START_MS } from "./fixture.ts";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const UNKNOWN_ID = "01M7XX6RHXFQ11CGAZ6E55S500";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
  http.addApp();
  http.addFunction({ slug: "demo-ok", name: "All kinds of steps" });
});
afterEach(() => http.close());

interface EventList {
  readonly data: readonly { readonly internal_id: string; readonly name: string }[];
}

const namesOf = (list: EventList) => list.data.map(({ name }) => name);
const listEvents = async (query = "") => (await http.get(`/v1/events${query}`)) as EventList;

describe("GET /v1/events", () => {
  test("gives each event as the server writes it", async () => {
    const id = http.addEvent("demo/told", { k: "a" });
    expect(await http.get("/v1/events?limit=2")).toEqual({
      data: [
        {
          internal_id: id,
          account_id: NOBODY,
          environment_id: NOBODY,
          source: "",
          source_id: null,
          received_at: "2026-11-21T02:00:00.000Z",
          id,
          name: "demo/told",
          data: { k: "a" },
          ts: START_MS,
        },
      ],
      metadata: { fetched_at: "2026-11-21T02:00:00.000Z" },
    });
  });

  test("leaves out the engine's own events unless they are asked for", async () => {
    http.addEvent("demo/a");
    http.addEvent("inngest/function.finished");
    expect(namesOf(await listEvents())).toEqual(["demo/a"]);
    expect(namesOf(await listEvents("?include_internal=true"))).toHaveLength(2);
    expect(namesOf(await listEvents("?name=inngest/function.finished"))).toHaveLength(1);
  });

  test("goes on after the last event of a page", async () => {
    for (const name of ["demo/a", "demo/b", "demo/c"]) http.addEvent(name);
    const first = await listEvents("?limit=2");
    expect(namesOf(first)).toEqual(["demo/c", "demo/b"]);
    const rest = await listEvents(`?limit=2&cursor=${first.data.at(-1)?.internal_id}`);
    expect(namesOf(rest)).toEqual(["demo/a"]);
  });

  test("is cut by the time of receipt", async () => {
    http.addEvent("demo/before");
    http.nowMs += 1_000;
    http.addEvent("demo/after");
    const moment = "2026-11-21T02:00:01Z";
    expect(namesOf(await listEvents(`?received_after=${moment}`))).toEqual(["demo/after"]);
    expect(namesOf(await listEvents(`?received_before=${moment}`))).toEqual(["demo/before"]);
  });

  test.each(["limit=0", "limit=101", "cursor=x", "received_after=soon", "include_internal=maybe"])(
    "refuses %p",
    async (query) => {
      const response = await http.request(`/v1/events?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({ error: expect.any(String), status: 400 });
    },
  );
});

describe("GET /v1/events/:id", () => {
  test("finds an event by the id that the engine gave it", async () => {
    const id = http.addEvent("demo/told", { k: "a" }, "mine");
    expect(await http.get(`/v1/events/${id}`)).toMatchObject({
      data: { internal_id: id, id: "mine", name: "demo/told", data: { k: "a" } },
      metadata: { fetched_at: expect.any(String), cached_until: expect.any(String) },
    });
  });

  test.each([UNKNOWN_ID, "mine"])("knows no event %p", async (id) => {
    const response = await http.request(`/v1/events/${id}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.stringContaining(id), status: 404 });
  });
});

describe("runs in v1", () => {
  test("are listed with the event that started them", async () => {
    const eventInternalId = http.addEvent("demo/ok");
    const ending = {
      status: "COMPLETED",
      outputJson: '{"done":true}',
      endedAtMs: START_MS + 9,
    } as const;
    const runId = http.addRun({ eventInternalId, startedAtMs: START_MS + 1, ending });
    expect(await http.get(`/v1/events/${eventInternalId}/runs`)).toMatchObject({
      data: [
        {
          run_id: runId,
          run_started_at: "2026-11-21T02:00:00.000Z",
          function_id: "function-demo-ok",
          function_version: 0,
          environment_id: NOBODY,
          event_id: eventInternalId,
          status: "Completed",
          ended_at: "2026-11-21T02:00:00.009Z",
          output: { done: true },
        },
      ],
    });
  });

  test("are found by their id, without an end while they go on", async () => {
    const runId = http.addRun({ startedAtMs: START_MS });
    const data = { run_id: runId, status: "Running", ended_at: null, output: null };
    expect(await http.get(`/v1/runs/${runId}`)).toMatchObject({ data });
  });

  test("are cancelled by DELETE", async () => {
    const response = await http.request(`/v1/runs/${UNKNOWN_ID}`, { method: "DELETE" });
    expect(response.status).toBe(204);
    expect(http.asked).toEqual([{ command: "cancelRun", input: UNKNOWN_ID }]);
  });

  test("that are not there are 404", async () => {
    expect((await http.request(`/v1/runs/${UNKNOWN_ID}`)).status).toBe(404);
    expect((await http.request(`/v1/events/${UNKNOWN_ID}/runs`)).status).toBe(404);
  });
});

describe("GET /v1/runs/:id/jobs", () => {
  const item = { attempt: 0, queuedAtMs: START_MS, payloadJson: '{"authKey":"secret"}' } as const;

  test("lists what is due for the run, or will be, and never what it carries", async () => {
    const runId = http.addRun({ startedAtMs: START_MS });
    http.addStep(runId, { stepId: "s1", name: "nap", kind: "sleep", status: "open" });
    const at = { dueAtMs: START_MS + 60_000, stepId: "s1" };
    http.store.queue.insert({ ...item, ...at, id: "later", runId, kind: "sleep" });
    const now = { dueAtMs: START_MS, stepId: "" };
    http.store.queue.insert({ ...item, ...now, id: "now", runId, kind: "discovery" });
    http.store.queue.insert({ ...item, ...now, id: "another's", runId: "x", kind: "discovery" });
    expect(await http.get(`/v1/runs/${runId}/jobs`)).toMatchObject({
      data: [
        {
          id: "now",
          run_id: runId,
          kind: "discovery",
          step_id: null,
          step: null,
          status: "Queued",
          attempt: 0,
          at: "2026-11-21T02:00:00.000Z",
        },
        {
          id: "later",
          kind: "sleep",
          step_id: "s1",
          step: "nap",
          status: "Scheduled",
          at: "2026-11-21T02:01:00.000Z",
        },
      ],
    });
    http.inHand.add("now");
    const text = JSON.stringify(await http.get(`/v1/runs/${runId}/jobs`));
    expect(text).toContain('"status":"Running"');
    expect(text).not.toContain("secret");
  });

  test("of a run that is not there is 404", async () => {
    expect((await http.request(`/v1/runs/${UNKNOWN_ID}/jobs`)).status).toBe(404);
  });
});

describe("GET /v1/apps/:name/functions", () => {
  test("lists the functions that the app has now, with how they are configured", async () => {
    http.addFunction({
      slug: "demo-slow",
      attemptsMax: 1,
      triggers: [{ kind: "cron", cron: "0 5 * * *" }],
      concurrency: [{ limit: 2, scope: "fn" }],
      rateLimits: [
        { option: "idempotency", limit: 1, periodMs: 86_400_000, burst: 0, key: "event.id" },
      ],
      singleton: { mode: "skip" },
      problem: "it is odd",
    });
    http.addFunction({ slug: "demo-gone" });
    http.store.apps.archiveFunction("function-demo-gone", 1);
    expect(await http.get("/v1/apps/demo/functions")).toMatchObject({
      data: [
        {
          id: "function-demo-ok",
          app_id: "demo",
          slug: "demo-ok",
          name: "All kinds of steps",
          triggers: [{ event: "demo/ok" }],
          retries: 4,
          concurrency: [],
          paused_at: null,
          flow_control: { rate_limits: [] },
        },
        {
          slug: "demo-slow",
          triggers: [{ cron: "0 5 * * *" }],
          retries: 0,
          concurrency: [{ limit: 2, scope: "fn" }],
          problem: "it is odd",
          flow_control: {
            rate_limits: [
              { option: "idempotency", limit: 1, period_ms: 86_400_000, key: "event.id" },
            ],
            singleton: { mode: "skip" },
          },
        },
      ],
    });
    expect((await http.request("/v1/apps/nobody/functions")).status).toBe(404);
  });
});

describe("/v1/cancellations", () => {
  const post = (body: unknown) => http.post("/v1/cancellations", body);

  test("hands on what was asked for, and answers with the cancellation", async () => {
    const asked = {
      app_id: "demo",
      function_id: "ok",
      started_after: "2026-11-20T00:00:00Z",
      started_before: "2026-11-21T00:00:00Z",
      if: "event.data.user == 'a'",
    };
    const response = await post(asked);
    expect(await response.json()).toMatchObject({
      data: {
        ...asked,
        id: expect.any(String),
        environment_id: NOBODY,
        started_after: "2026-11-20T00:00:00.000Z",
        started_before: "2026-11-21T00:00:00.000Z",
        status: "Running",
        cancelled_count: 0,
      },
    });
    expect(http.asked).toEqual([
      {
        command: "cancelRuns",
        input: {
          appName: "demo",
          functionSlug: "ok",
          functionIds: ["function-demo-ok"],
          startedAfterMs: Date.UTC(2026, 10, 20),
          startedBeforeMs: Date.UTC(2026, 10, 21),
          expression: asked.if,
        },
      },
    ]);
  });

  test.each([
    [{}, "app_id"],
    [{ app_id: 7 }, "app_id"],
    [{ app_id: "demo", started_before: "soon" }, "a moment such as"],
    [{ app_id: "demo", started_after: 1 }, "started_after"],
    [
      { app_id: "demo", started_after: "2026-11-21", started_before: "2026-11-20" },
      "started_after",
    ],
    [{ app_id: "demo", if: "event.data." }, "no valid expression"],
    [{ app_id: "demo", if: 1 }, "if"],
  ])("refuses %p and says why", async (body, words) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: string };
    expect(error).toContain(words);
    expect(http.asked).toEqual([]);
  });

  test.each([{ app_id: "nobody" }, { app_id: "demo", function_id: "nothing" }])(
    "finds nothing to cancel at %p",
    async (body) => {
      expect((await post(body)).status).toBe(404);
      expect(http.asked).toEqual([]);
    },
  );

  test("too many at once are refused for now", async () => {
    http.failure = new EngineError("TOO_MANY", "wait");
    expect((await post({ app_id: "demo" })).status).toBe(429);
  });

  test("are listed newest first, in pages", async () => {
    const seed = {
      appName: "demo",
      functionSlug: null,
      functionIds: [],
      startedAfterMs: null,
      startedBeforeMs: START_MS,
      expression: null,
      createdAtMs: START_MS,
      position: "",
      cancelledCount: 2,
      endedAtMs: START_MS,
    };
    const ids = ["01M7XX8TM7D9ZZM0CYMRMSQJC1", "01M7XX8TM7D9ZZM0CYMRMSQJC2"];
    for (const id of ids) http.store.cancellations.insert({ ...seed, id });
    expect(await http.get("/v1/cancellations?limit=1")).toMatchObject({ data: [{ id: ids[1] }] });
    expect(await http.get(`/v1/cancellations?cursor=${ids[1]}`)).toMatchObject({
      data: [{ id: ids[0], status: "Completed", cancelled_count: 2 }],
    });
    expect(await http.get(`/v1/cancellations/${ids[0]}`)).toMatchObject({ data: { id: ids[0] } });
    expect((await http.request("/v1/cancellations?cursor=x")).status).toBe(400);
    expect((await http.request(`/v1/cancellations/${UNKNOWN_ID}`)).status).toBe(404);
  });
});
