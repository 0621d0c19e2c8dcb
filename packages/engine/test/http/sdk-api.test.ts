// What the SDK asks of the engine beside sending events.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { EngineError } from "../../src/core/errors.ts";
import { HttpFixture, SIGNING_KEY } from "./fixture.ts";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
});
afterEach(() => http.close());

const RUN_ID = "01M7XX8G6W1DC58JY8SRGZ2ZER";
const CHECKPOINT_PATH = `/v1/checkpoint/${RUN_ID}/async`;

const CHECKPOINT = {
  run_id: RUN_ID,
  fn_id: "f",
  qi_id: `${RUN_ID}:discovery@7`,
  request_id: "7",
  generation_id: 7,
  request_started_at: 1,
  ts: 2,
  steps: [{ id: "abc", op: "StepRun", name: "load", displayName: "load", data: { x: 1 } }],
};

describe("a checkpoint", () => {
  test("is handed on with the call that it belongs to", async () => {
    const response = await http.post(CHECKPOINT_PATH, CHECKPOINT);
    expect(response.status).toBe(200);
    expect(http.asked[0]).toMatchObject({
      command: "checkpoint",
      input: { runId: RUN_ID, itemId: `${RUN_ID}:discovery`, generationId: 7 },
    });
    expect(http.asked[0]?.input).toMatchObject({ ops: [{ kind: "step-done", data: { x: 1 } }] });
  });

  test.each([
    ["STALE_DISPATCH", 409],
    ["RUN_ENDED", 409],
    ["NOT_FOUND", 404],
    ["TOO_LARGE", 413],
    ["STORAGE_FAILED", 503],
  ] as const)("that is refused with %s is answered with %p", async (code, status) => {
    http.failure = new EngineError(code, "why");
    const response = await http.post(CHECKPOINT_PATH, CHECKPOINT);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: "why", status });
  });

  test.each([
    ["no object", []],
    ["another run's", { ...CHECKPOINT, run_id: "01M7XX8G6VV4RX2KPBRWBM62B8" }],
    ["without an item", { ...CHECKPOINT, qi_id: "" }],
    ["without a generation", { ...CHECKPOINT, qi_id: `${RUN_ID}:discovery` }],
    ["without steps", { ...CHECKPOINT, steps: null }],
    ["with a step that has no id", { ...CHECKPOINT, steps: [{ op: "StepRun" }] }],
    ["with what it cannot store", { ...CHECKPOINT, steps: [{ id: "s", op: "Sleep", name: "1h" }] }],
    ["with an unknown op", { ...CHECKPOINT, steps: [{ id: "s", op: "DeferAdd" }] }],
  ])("that is %s is refused: what is acknowledged must be stored", async (_, body) => {
    const response = await http.post(CHECKPOINT_PATH, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.any(String), status: 400 });
    expect(http.asked).toEqual([]);
  });

  test("wants the signing key", async () => {
    const keyed = new HttpFixture({ isOpen: false, signingKeys: [SIGNING_KEY] });
    expect((await keyed.post(CHECKPOINT_PATH, CHECKPOINT)).status).toBe(401);
    const authorization = `Bearer ${SIGNING_KEY}`;
    expect((await keyed.post(CHECKPOINT_PATH, CHECKPOINT, { authorization })).status).toBe(200);
    keyed.close();
  });
});

describe("a run's state", () => {
  test("has the settled steps as a call would carry them, and none that is open", async () => {
    http.addApp();
    http.addFunction({ slug: "demo-ok" });
    const runId = http.addRun();
    http.addStep(runId, { stepId: "done", valueJson: '{"data":{"x":1}}' });
    http.addStep(runId, { stepId: "slept", kind: "sleep", valueJson: "null" });
    http.addStep(runId, { stepId: "planned", status: "open", inputJson: "[1,2]" });
    http.addStep(runId, { stepId: "planned-plainly", status: "open" });
    http.addStep(runId, {
      stepId: "asleep",
      kind: "sleep",
      status: "open",
      inputJson: '{"until":"1h"}',
    });
    expect(await http.get(`/v0/runs/${runId}/actions`)).toEqual({
      done: { data: { x: 1 } },
      slept: null,
    });
  });

  test("has the event that started it", async () => {
    http.addApp();
    http.addFunction({ slug: "demo-ok" });
    const eventInternalId = http.addEvent("demo/ok", { k: "a" }, "mine");
    const runId = http.addRun({ eventInternalId });
    expect(await http.get(`/v0/runs/${runId}/batch`)).toEqual([
      { id: "mine", name: "demo/ok", data: { k: "a" }, user: {}, ts: http.nowMs },
    ]);
  });

  test.each(["actions", "batch"])("of no run has no %s", async (part) => {
    const response = await http.request(`/v0/runs/${RUN_ID}/${part}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.any(String), status: 404 });
  });

  test("is given up with the run", async () => {
    const response = await http.request(`/v0/runs/${RUN_ID}`, { method: "DELETE" });
    expect(response.status).toBe(204);
    expect(http.asked).toEqual([{ command: "cancelRun", input: RUN_ID }]);
  });
});

describe("registration", () => {
  const REGISTRATION = {
    url: "http://127.0.0.1:3111/api/inngest",
    deployType: "ping",
    framework: "hono",
    appName: "demo",
    functions: [],
    sdk: "js:v4.24.0",
    v: "0.1",
  };

  test("is read and handed on", async () => {
    const response = await http.post("/fn/register?deployId=x", REGISTRATION);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ ok: true, modified: true, app_id: "app-id" });
    expect(http.asked[0]).toMatchObject({ command: "register", input: { appName: "demo" } });
  });

  test.each([
    ["{", "no JSON"],
    [{ ...REGISTRATION, url: "ftp://x" }, "url"],
    [{ ...REGISTRATION, sdk: "js:v3.30.0" }, "CVE-2026-42047"],
  ])("of %p is refused with the reason", async (body, problem) => {
    const response = await http.post("/fn/register", body);
    expect(response.status).toBe(400);
    const error = expect.stringContaining(problem);
    expect(await response.json()).toEqual({ error, status: 400 });
  });

  test("ends with the removal of the app at a URL", async () => {
    const url = "http://127.0.0.1:3111/api/inngest";
    const path = `/fn/remove?url=${encodeURIComponent(url)}`;
    expect((await http.request(path, { method: "DELETE" })).status).toBe(200);
    expect(http.asked).toEqual([{ command: "removeApp", input: url }]);
    expect((await http.request("/fn/remove", { method: "DELETE" })).status).toBe(400);
  });
});

describe("/dev", () => {
  test("lists what the SDK's tests look for", async () => {
    http.addApp();
    const id = http.addFunction({
      slug: "demo-ok",
      name: "All kinds of steps",
      triggers: [
        { kind: "event", event: "demo/ok", expression: "event.data.k == 1" },
        { kind: "event", event: "demo/other" },
        { kind: "cron", cron: "0 5 * * *" },
      ],
    });
    http.store.apps.archiveFunction(http.addFunction({ slug: "demo-old" }), 1);
    expect(await http.get("/dev")).toMatchObject({
      version: "1.2.3",
      functions: [
        {
          id,
          slug: "demo-ok",
          name: "All kinds of steps",
          triggers: [
            { event: "demo/ok", expression: "event.data.k == 1" },
            { event: "demo/other" },
            { cron: "0 5 * * *" },
          ],
          steps: [
            { id: "step", name: "step", uri: expect.stringContaining("?fnId=demo-ok&stepId=step") },
          ],
        },
      ],
      handlers: [{ appName: "demo", functions: ["demo-ok"] }],
    });
  });

  test("is not there outside development", async () => {
    const persistent = new HttpFixture({}, { isDev: false });
    expect((await persistent.request("/dev")).status).toBe(404);
    persistent.close();
  });
});

describe("/invoke/:slug", () => {
  test("starts the function", async () => {
    const response = await http.post("/invoke/demo-ok", { data: { x: 1 }, user: { id: 1 } });
    expect(await response.json()).toEqual({ ids: [expect.any(String)], status: 200 });
    const input = { slug: "demo-ok", data: { x: 1 }, user: { id: 1 } };
    expect(http.asked).toEqual([{ command: "invoke", input }]);
  });

  test("refuses what is no payload", async () => {
    expect((await http.post("/invoke/demo-ok", { data: [] })).status).toBe(400);
    expect((await http.post("/invoke/demo-ok", { user: "me" })).status).toBe(400);
  });
});
