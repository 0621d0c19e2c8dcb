import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createInngestApi, type InngestApi, InngestApiError, readSpanError } from "../src/index.ts";
import {
  EVENT_KEY,
  type RecordedServer,
  SIGNING_KEY,
  startRecordedServer,
} from "./recorded-server.ts";

const OK_RUN = "01M7XX8G6W1DC58JY8SRGZ2ZER";
const OK_EVENT = "01M7XX8G26Z39M6Y05EC7VAHVT";

let server: RecordedServer;
let api: InngestApi;

beforeEach(() => {
  server = startRecordedServer();
  api = createInngestApi({ baseUrl: server.url, eventKey: EVENT_KEY, signingKey: SIGNING_KEY });
});
afterEach(() => server.stop());

async function failureOf(call: Promise<unknown>): Promise<InngestApiError> {
  const error = await call.then(
    () => new Error("the call did not fail"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof InngestApiError) return error;
  throw error;
}

describe("what the real server answered is read as it is", () => {
  test("a run's 64-bit duration becomes a number and its status stays Inngest's word", async () => {
    const run = await api.getRun(OK_RUN);
    expect(run).toMatchObject({
      id: OK_RUN,
      app: { id: "demo" },
      function: { id: "ok", name: "All kinds of steps" },
      status: "COMPLETED",
      durationMs: 4511,
      trigger: { eventIds: [OK_EVENT] },
    });
  });

  test("a run that goes on has no end and no duration", async () => {
    const { items } = await api.listRuns({ limit: 3 });
    expect(items.map((run) => run.status)).toEqual(["COMPLETED", "RUNNING", "COMPLETED"]);
    expect(items[1]?.endedAt).toBeUndefined();
    expect(items[1]?.durationMs).toBeUndefined();
  });

  test("a trace is a tree: the attempts of a step are its children", async () => {
    const root = await api.getTrace(OK_RUN, { includeOutput: true });
    expect(root.children.map((step) => step.name)).toEqual(["flaky", "load", "flaky"]);
    const [flaky] = root.children;
    expect(flaky?.durationMs).toBe(1060);
    expect(flaky?.children.map((attempt) => attempt.name)).toEqual(["Attempt 0", "Attempt 1"]);
    const [failed, completed] = flaky?.children ?? [];
    if (!failed || !completed) throw new Error("two attempts were recorded");
    expect(readSpanError(failed)).toEqual({ name: "Error", message: "first try fails" });
    expect(readSpanError(completed)).toBeNull();
  });

  test("apps say where they were synced from", async () => {
    const [app] = await api.listApps();
    expect(app?.latestSync?.url).toBe("http://localhost:3111/api/inngest");
  });

  test("functions of all apps carry triggers, concurrency and retries", async () => {
    const functions = await api.listFunctions();
    const slow = functions.find((fn) => fn.id === "slow");
    expect(slow?.triggers).toEqual([
      { type: "EVENT", value: "demo/slow" },
      { type: "CRON", value: "0 5 * * *" },
    ]);
    const ok = functions.find((fn) => fn.id === "ok");
    expect(ok?.configuration?.concurrency?.[0]).toMatchObject({ key: "event.data.k" });
    expect(ok?.configuration?.retries?.value).toBe(2);
  });

  test("an event has the engine's id, the sender's id, its name and its data", async () => {
    expect(await api.getEvent(OK_EVENT)).toEqual({
      internalId: OK_EVENT,
      id: OK_EVENT,
      name: "demo/ok",
      data: { k: "a" },
      ts: 1795226353733,
      receivedAt: "2026-11-21T01:59:13.881817038Z",
    });
  });

  test("an event's user and version are kept where its sender gave them", async () => {
    const event = { internal_id: "1", name: "a", ts: 1, received_at: "", user: { id: 1 }, v: "2" };
    const fetch = async () => Response.json({ data: event });
    const received = await createInngestApi({ baseUrl: "http://x", fetch }).getEvent("1");
    expect(received).toMatchObject({ user: { id: 1 }, v: "2", data: {} });
  });

  test("an event leads to the runs that it started", async () => {
    const runs = await api.getEventRuns(OK_EVENT);
    expect(runs.map((run) => run.id)).toEqual([OK_RUN]);
  });

  test("health returns when the server is well", async () => {
    expect(await api.health()).toBeUndefined();
  });

  test("a new status of a newer server is unknown, not an error", async () => {
    const fetch = async () =>
      Response.json({
        data: {
          id: "1",
          app: { id: "a" },
          function: { id: "f", name: "f" },
          status: "PAUSED",
          queuedAt: "2026-11-21T01:59:13.884Z",
        },
      });
    const run = await createInngestApi({ baseUrl: "http://x", fetch }).getRun("1");
    expect(run.status).toBe("UNKNOWN");
  });
});

describe("what is sent", () => {
  test("events go as a list under the event key, and ids come back", async () => {
    expect(await api.sendEvents([{ name: "demo/ok", data: { k: "a" }, id: "x" }])).toEqual([
      OK_EVENT,
    ]);
    expect(server.requests).toEqual([
      {
        asked: `POST /e/${encodeURIComponent(EVENT_KEY)}`,
        body: [{ name: "demo/ok", data: { k: "a" }, id: "x" }],
      },
    ]);
  });

  test("cancel, rerun and invoke answer with ids", async () => {
    expect(await api.cancelRun("01M7XX8G6Y82X1J22S5Y001BFP")).toBeUndefined();
    expect(await api.rerun("01M7XX8G6VV4RX2KPBRWBM62B8", { fromStep: { stepId: "s" } })).toBe(
      "01M7XX8TM7D9ZZM0CYMRMSQJC8",
    );
    expect(await api.invoke({ appId: "demo", functionId: "child", data: { x: 2 } })).toBe(
      "01M7XX8TYAS6FSXCQY8RMKASH4",
    );
    expect(server.requests.map((request) => request.body)).toEqual([
      {},
      { fromStep: { stepId: "s" } },
      { data: { x: 2 } },
    ]);
  });

  test("a bulk cancellation and a pause go as the embedded engine documents them", async () => {
    const asked: { path: string; body: unknown }[] = [];
    const fetch = async (url: string, init: RequestInit): Promise<Response> => {
      const { pathname } = new URL(url);
      asked.push({
        path: `${init.method} ${pathname}`,
        body: JSON.parse(String(init.body ?? "null")),
      });
      if (pathname.startsWith("/v1/")) {
        return Response.json({ data: { id: "c1", status: "Completed", cancelled_count: 3 } });
      }
      const pause = { pausedAt: "2026-11-21T02:00:00Z", holdsRuns: true };
      return Response.json({ data: { id: "f", name: "f", app: { id: "a" }, pause } });
    };
    const engine = createInngestApi({ baseUrl: "http://x", fetch });
    const selection = { appId: "a", functionId: "f", startedAfter: "2026-11-20", if: "true" };
    expect(await engine.cancelRuns(selection)).toMatchObject({ id: "c1", hasEnded: true });
    expect(await engine.getCancellation("c1")).toMatchObject({ cancelledCount: 3 });
    const fn = { appId: "a", functionId: "f" };
    expect((await engine.pauseFunction({ ...fn, runs: "CANCEL" })).pause?.holdsRuns).toBe(true);
    await engine.resumeFunction(fn);
    expect(asked).toEqual([
      {
        path: "POST /v1/cancellations",
        body: { app_id: "a", function_id: "f", started_after: "2026-11-20", if: "true" },
      },
      { path: "GET /v1/cancellations/c1", body: null },
      { path: "POST /api/v2/apps/a/functions/f/pause", body: { runs: "CANCEL" } },
      { path: "POST /api/v2/apps/a/functions/f/resume", body: {} },
    ]);
  });

  test("several statuses become several parameters", async () => {
    await failureOf(api.listRuns({ status: ["FAILED", "CANCELLED"], cursor: "c" }));
    expect(server.requests[0]?.asked).toBe(
      "GET /api/v2/runs?status=FAILED&status=CANCELLED&cursor=c",
    );
  });
});

describe("each failure has a code and says what to do", () => {
  test("a wrong signing key is unauthorized", async () => {
    const stranger = createInngestApi({ baseUrl: server.url, signingKey: "ab" });
    const error = await failureOf(stranger.listRuns());
    expect(error.code).toBe("unauthorized");
    expect(error.message).toContain("Authentication failed");
    expect(error.fix).toContain("INNGEST_SIGNING_KEY");
  });

  test("a wrong event key is unauthorized, and is not shown", async () => {
    const stranger = createInngestApi({ baseUrl: server.url, eventKey: "my-secret-key" });
    const error = await failureOf(stranger.sendEvents([{ name: "a/b" }]));
    expect(error.code).toBe("unauthorized");
    expect(`${error.message} ${error.fix} ${error.stack}`).not.toContain("my-secret-key");
  });

  test("a run that isn't there is not-found, in the server's words", async () => {
    const error = await failureOf(api.getRun("01M7XX6RHXFQ11CGAZ6E55S500"));
    expect(error.code).toBe("not-found");
    expect(error.message).toContain("Run not found");
  });

  test("what a real server has no route for is unsupported, and named", async () => {
    const cancelled = await failureOf(api.cancelRuns({ appId: "demo", functionId: "ok" }));
    expect(cancelled.code).toBe("unsupported");
    expect(cancelled.message).toContain("has no bulk cancellation");
    const paused = await failureOf(api.pauseFunction({ appId: "demo", functionId: "ok" }));
    expect(paused.code).toBe("unsupported");
    expect(paused.message).toContain("has no pausing of functions");
  });

  test("a function that isn't there is no lack of the server", async () => {
    const errors = [{ code: "not_found", message: "Function not found: x of app demo" }];
    const fetch = async () => Response.json({ errors }, { status: 404 });
    const engine = createInngestApi({ baseUrl: "http://x", fetch });
    const error = await failureOf(engine.pauseFunction({ appId: "demo", functionId: "x" }));
    expect(error.code).toBe("not-found");
  });

  test("a request that the server refuses is invalid", async () => {
    const fetch = async () =>
      Response.json(
        { errors: [{ code: "api_error", message: 'parsing field "limit"' }] },
        { status: 400 },
      );
    const error = await failureOf(createInngestApi({ baseUrl: "http://x", fetch }).listRuns());
    expect(error.code).toBe("invalid");
    expect(error.message).toContain('parsing field "limit"');
  });

  test("a server that fails is server", async () => {
    const fetch = async () => new Response("upstream is down", { status: 502 });
    const error = await failureOf(createInngestApi({ baseUrl: "http://x", fetch }).listRuns());
    expect(error.code).toBe("server");
    expect(error.message).toBe("upstream is down (GET /api/v2/runs at http://x answered 502)");
  });

  test("a port where nothing listens is unreachable", async () => {
    const url = server.url;
    await server.stop();
    const error = await failureOf(createInngestApi({ baseUrl: url }).listRuns());
    expect(error.code).toBe("unreachable");
    expect(error.message).toBe(`No engine answers at ${url} (connection refused).`);
    expect(error.fix).toContain("igs dev");
  });

  test("a server that accepts and never answers is unreachable after the time limit", async () => {
    const silent = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Promise(() => {}),
    });
    const api = createInngestApi({ baseUrl: silent.url.origin, timeoutMs: 30 });
    const error = await failureOf(api.listRuns());
    await silent.stop(true);
    expect(error.code).toBe("unreachable");
    expect(error.message).toContain("no answer within 30 ms");
  });

  test("another program on the port is named as such", async () => {
    const fetch = async () => new Response("<html>hello</html>");
    const error = await failureOf(createInngestApi({ baseUrl: "http://x", fetch }).listRuns());
    expect(error.code).toBe("server");
    expect(error.message).toContain("not JSON");
  });

  test("a redirect is not followed, so that the key stays here", async () => {
    const other = startRecordedServer();
    const redirecting = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.redirect(`${other.url}/api/v2/runs`),
    });
    const api = createInngestApi({ baseUrl: redirecting.url.origin, signingKey: SIGNING_KEY });
    const error = await failureOf(api.listRuns());
    await Promise.all([redirecting.stop(true), other.stop()]);
    expect(error.message).toContain("redirect");
    expect(other.requests).toEqual([]);
  });

  test("an abort by the caller is passed on as it is", async () => {
    const abort = new AbortController();
    const call = api.listRuns({ signal: abort.signal });
    abort.abort(new Error("Ctrl-C"));
    await expect(call).rejects.toThrow("Ctrl-C");
  });

  test.each(["", ".", ".."])("the id %p never reaches the server", async (id) => {
    const error = await failureOf(api.getRun(id));
    expect(error.code).toBe("invalid");
    expect(server.requests).toEqual([]);
  });
});
