import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { EngineError } from "../../src/core/errors.ts";
import { HttpFixture, START_MS } from "./fixture.ts";

const UNKNOWN_ID = "01M7XX6RHXFQ11CGAZ6E55S500";
const ERROR = { message: "no", name: "Error", stack: "Error: no\n    at x", __serialized: true };

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
  http.addApp();
  http.addFunction({ slug: "demo-ok", name: "All kinds of steps" });
  http.addFunction({ slug: "demo-bad" });
  http.addApp("shop");
  http.addFunction({ slug: "shop-ok" }, "shop");
});
afterEach(() => http.close());

interface RunList {
  readonly data: readonly { readonly id: string }[];
  readonly page: { readonly limit: number; readonly cursor?: string; readonly hasMore?: boolean };
}

const list = async (query = "") => (await http.get(`/api/v2/runs${query}`)) as RunList;
const idsOf = ({ data }: RunList) => data.map(({ id }) => id);

const failed = (endedAtMs = START_MS + 20) =>
  ({ status: "FAILED", outputJson: JSON.stringify(ERROR), endedAtMs }) as const;
const completed = (endedAtMs = START_MS + 20) =>
  ({ status: "COMPLETED", outputJson: '{"x":1}', endedAtMs }) as const;

describe("GET /api/v2/runs", () => {
  test("gives each run as the server writes it, with 64-bit numbers as text", async () => {
    const eventInternalId = http.addEvent("demo/ok");
    const id = http.addRun({ eventInternalId, startedAtMs: START_MS + 1, ending: completed() });
    expect(await list()).toEqual({
      data: [
        {
          app: { id: "demo" },
          durationMs: "19",
          endedAt: "2026-11-21T02:00:00.020Z",
          function: { id: "ok", name: "All kinds of steps" },
          id,
          queuedAt: "2026-11-21T02:00:00.000Z",
          startedAt: "2026-11-21T02:00:00.001Z",
          status: "COMPLETED",
          trigger: { eventIds: [eventInternalId] },
        },
      ],
      metadata: { fetchedAt: "2026-11-21T02:00:00.000Z" },
      page: { limit: 20 },
    } as never);
  });

  test("leaves out what a run does not have yet", async () => {
    http.addRun();
    const [run] = (await list("?includeOutput=true")).data;
    expect(Object.keys(run ?? {}).sort()).toEqual(
      ["app", "function", "id", "queuedAt", "status", "trigger"].sort(),
    );
  });

  test("has outputs when they are asked for, errors without the SDK's mark", async () => {
    http.addRun({ ending: failed() });
    http.addRun({ ending: completed() });
    expect((await list("?includeOutput=true")).data).toMatchObject([
      { output: { x: 1 } },
      { output: { message: "no", name: "Error", stack: ERROR.stack } },
    ]);
    expect(JSON.stringify(await list("?includeOutput=true"))).not.toContain("__serialized");
  });

  test("has pages of 20, newest first, and a cursor while there are more", async () => {
    const ids = Array.from({ length: 45 }, () => http.addRun()).reverse();
    const first = await list();
    expect(idsOf(first)).toEqual(ids.slice(0, 20));
    expect(first.page).toEqual({ cursor: expect.any(String), hasMore: true, limit: 20 });
    const second = await list(`?cursor=${first.page.cursor}`);
    const third = await list(`?cursor=${second.page.cursor}`);
    expect(idsOf(third)).toEqual(ids.slice(40));
    expect(third.page).toEqual({ limit: 20 });
  });

  test("may come oldest first", async () => {
    const ids = [http.addRun(), http.addRun(), http.addRun()];
    const first = await list("?order=ASC&limit=2");
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    const rest = await list(`?order=ASC&limit=2&cursor=${first.page.cursor}`);
    expect(idsOf(rest)).toEqual(ids.slice(2));
  });

  test("is filtered by status, several of them too", async () => {
    const queued = http.addRun();
    const bad = http.addRun({ ending: failed() });
    http.addRun({ ending: completed() });
    expect(idsOf(await list("?status=FAILED"))).toEqual([bad]);
    expect(idsOf(await list("?status=QUEUED&status=FAILED"))).toEqual([bad, queued]);
  });

  test("is filtered by app and function, archived ones as well", async () => {
    const ok = http.addRun();
    const bad = http.addRun({ functionId: "function-demo-bad" });
    const shop = http.addRun({ functionId: "function-shop-ok" });
    http.store.apps.archiveFunction("function-demo-bad", 1);
    expect(idsOf(await list("?functionId=bad"))).toEqual([bad]);
    expect(idsOf(await list("?functionId=demo-bad&functionId=shop-ok"))).toEqual([shop, bad]);
    expect(idsOf(await list("?functionId=ok&appId=demo"))).toEqual([ok]);
    expect(idsOf(await list("?appId=demo"))).toEqual([bad, ok]);
    expect(idsOf(await list("?appId=nobody"))).toEqual([]);
    expect(idsOf(await list("?functionId=ok&status=FAILED"))).toEqual([]);
  });

  test("has no deferred runs, as this engine defers none", async () => {
    const id = http.addRun();
    expect(idsOf(await list("?isDeferred=false"))).toEqual([id]);
    expect(await list("?isDeferred=true")).toMatchObject({ data: [], page: { limit: 20 } });
  });

  test("is cut by time, of whichever moment is asked for", async () => {
    const early = http.addRun({ ending: completed(START_MS + 5_000) });
    const late = http.addRun({ queuedAtMs: START_MS + 2_000, ending: completed(START_MS + 3_000) });
    const from = "2026-11-21T02:00:02Z";
    expect(idsOf(await list(`?from=${from}`))).toEqual([late]);
    expect(idsOf(await list(`?until=${from}`))).toEqual([early]);
    expect(idsOf(await list("?timeField=endedAt"))).toEqual([early, late]);
    const at4 = "2026-11-21T02:00:04Z";
    expect(idsOf(await list(`?timeField=endedAt&from=${at4}`))).toEqual([early]);
    expect(idsOf(await list(`?timeField=endedAt&until=${at4}`))).toEqual([late]);
  });

  test.each([
    "limit=abc",
    "limit=0",
    "limit=101",
    "status=DONE",
    "order=up",
    "timeField=never",
    "from=soon",
    "includeOutput=maybe",
    "isDeferred=maybe",
    "cursor=x",
    "cursor=e30",
    "cursor=eyJpZCI6IngifQ",
  ])("refuses %p and names the parameter", async (query) => {
    const response = await http.request(`/api/v2/runs?bogus=1&${query}`);
    expect(response.status).toBe(400);
    const message = expect.stringContaining(query.split("=")[0] ?? "");
    expect(await response.json()).toEqual({ errors: [{ code: "api_error", message }] });
  });
});

describe("GET /api/v2/runs/:id", () => {
  test("gives the run, with its output when it is asked for", async () => {
    const id = http.addRun({ startedAtMs: START_MS, ending: completed() });
    expect(await http.get(`/api/v2/runs/${id}`)).toMatchObject({
      data: { id, status: "COMPLETED" },
    });
    expect(await http.get(`/api/v2/runs/${id}?includeOutput=true`)).toMatchObject({
      data: { output: { x: 1 } },
    });
  });

  test("that is not there is 404", async () => {
    for (const path of [UNKNOWN_ID, `${UNKNOWN_ID}/trace`, "%2e%2e", "'; DROP TABLE runs"]) {
      const response = await http.request(`/api/v2/runs/${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        errors: [{ code: "not_found", message: expect.any(String) }],
      });
    }
  });
});

describe("GET /api/v2/runs/:id/trace", () => {
  test("gives steps with their attempts, as the server writes them", async () => {
    const id = http.addRun({ startedAtMs: START_MS });
    http.store.steps.recordAttempt(id, {
      stepId: "s1",
      name: "flaky",
      attempt: 0,
      errorJson: JSON.stringify(ERROR),
      queuedAtMs: START_MS,
      startedAtMs: START_MS + 1,
      endedAtMs: START_MS + 5,
    });
    const times = {
      queuedAtMs: START_MS + 5,
      startedAtMs: START_MS + 40,
      endedAtMs: START_MS + 50,
    };
    http.addStep(id, {
      stepId: "s1",
      name: "flaky",
      attempt: 1,
      valueJson: '{"data":1}',
      ...times,
    });
    const span = { stepId: "s1", stepOp: "RUN", metadata: [], id: expect.any(String) };
    const trace = (await http.get(`/api/v2/runs/${id}/trace?includeOutput=true`)) as {
      data: { rootSpan: { children: unknown[] } };
    };
    expect(trace.data.rootSpan).toMatchObject({ name: "All kinds of steps", status: "RUNNING" });
    expect(trace.data.rootSpan.children).toEqual([
      {
        ...span,
        name: "flaky",
        status: "COMPLETED",
        queuedAt: "2026-11-21T02:00:00.000Z",
        startedAt: "2026-11-21T02:00:00.001Z",
        endedAt: "2026-11-21T02:00:00.050Z",
        durationMs: "49",
        output: { data: 1 },
        children: [
          {
            ...span,
            name: "Attempt 0",
            status: "FAILED",
            queuedAt: "2026-11-21T02:00:00.000Z",
            startedAt: "2026-11-21T02:00:00.001Z",
            endedAt: "2026-11-21T02:00:00.005Z",
            durationMs: "4",
            output: { message: "no", name: "Error", stack: ERROR.stack },
          },
          {
            ...span,
            name: "Attempt 1",
            status: "COMPLETED",
            queuedAt: "2026-11-21T02:00:00.005Z",
            startedAt: "2026-11-21T02:00:00.040Z",
            endedAt: "2026-11-21T02:00:00.050Z",
            durationMs: "10",
            output: { data: 1 },
          },
        ],
      },
    ]);
  });

  test("has payloads only when they are asked for", async () => {
    const id = http.addRun({ startedAtMs: START_MS, ending: completed() });
    http.addStep(id, { stepId: "s", inputJson: '["in"]', valueJson: '{"data":"out"}' });
    const without = JSON.stringify(await http.get(`/api/v2/runs/${id}/trace`));
    expect(without).not.toMatch(/"(input|output)"/);
    const withAll = JSON.stringify(await http.get(`/api/v2/runs/${id}/trace?includeOutput=1`));
    expect(withAll).toContain('"input":["in"]');
    expect(withAll).toContain('"output":{"data":"out"}');
  });

  test("shows a step that waits as running", async () => {
    const id = http.addRun({ startedAtMs: START_MS });
    http.addStep(id, {
      stepId: "s",
      kind: "sleep",
      status: "open",
      startedAtMs: null,
      endedAtMs: null,
    });
    expect(await http.get(`/api/v2/runs/${id}/trace`)).toMatchObject({
      data: { rootSpan: { children: [{ stepOp: "SLEEP", status: "RUNNING" }] } },
    });
  });
});

describe("a run", () => {
  test("is cancelled", async () => {
    const response = await http.post(`/api/v2/runs/${UNKNOWN_ID}/cancel`);
    expect(await response.json()).toMatchObject({ data: { runId: UNKNOWN_ID } });
    expect(http.asked).toEqual([{ command: "cancelRun", input: UNKNOWN_ID }]);
  });

  test("that has ended cannot be cancelled", async () => {
    http.failure = new EngineError("RUN_ENDED", "it has ended");
    const response = await http.post(`/api/v2/runs/${UNKNOWN_ID}/cancel`, {});
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      errors: [{ code: "run_ended", message: "it has ended" }],
    });
  });

  test.each([undefined, {}, { fromStep: null }])("is run again, asked with %p", async (body) => {
    const response = await http.post(`/api/v2/runs/${UNKNOWN_ID}/rerun`, body);
    expect(await response.json()).toMatchObject({ data: { runId: expect.any(String) } });
    expect(http.asked).toEqual([{ command: "rerun", input: UNKNOWN_ID }]);
  });

  test.each([
    [{ stepId: "s" }, { stepId: "s" }],
    [{ stepId: "s", input: null }, { stepId: "s" }],
    [
      { stepId: "s", input: [{ a: 1 }] },
      { stepId: "s", input: [{ a: 1 }] },
    ],
  ])("is run again from a step, asked with %p", async (fromStep, from) => {
    expect((await http.post(`/api/v2/runs/${UNKNOWN_ID}/rerun`, { fromStep })).status).toBe(200);
    expect(http.asked).toEqual([{ command: "rerun", input: { runId: UNKNOWN_ID, from } }]);
  });

  test.each([
    { fromStep: "s" },
    { fromStep: {} },
    { fromStep: { stepId: "" } },
    { fromStep: { stepId: 1 } },
    { fromStep: { stepId: "s", input: { a: 1 } } },
    "[]",
    "{",
  ])("is not run again, asked with %p", async (body) => {
    expect((await http.post(`/api/v2/runs/${UNKNOWN_ID}/rerun`, body)).status).toBe(400);
    expect(http.asked).toEqual([]);
  });

  test("that repeats another one says which, in both APIs", async () => {
    const id = http.addRun({ rerunOf: UNKNOWN_ID });
    expect(await http.get(`/api/v2/runs/${id}`)).toMatchObject({
      data: { originalRunId: UNKNOWN_ID },
    });
    expect(await http.get(`/v1/runs/${id}`)).toMatchObject({
      data: { original_run_id: UNKNOWN_ID },
    });
  });
});
