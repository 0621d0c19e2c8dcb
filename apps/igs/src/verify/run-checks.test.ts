// The list on a scene without a supervisor, on an engine that is a plain object behind the real client.

import { afterEach, describe, expect, test } from "bun:test";
import { createInngestApi } from "@system-bus/inngest-api";
import type { ProcessTable } from "@system-bus/programs/processes";
import { plainPaint } from "../output/paint.ts";
import { LeapingClock } from "../testing/leaping-clock.ts";
import { renderCheck, summarizeChecks } from "./render-checks.ts";
import { runChecks } from "./run-checks.ts";
import type { VerifyScene } from "./verify-scene.ts";

const WORKER = { pid: 4_711, startMark: "8", bootId: "boot" };
const step = (token: string) => ({ token, worker: WORKER });
const END = { one: step("1"), two: step("2") };

interface Planted {
  readonly registered?: readonly string[];
  readonly output?: unknown;
  readonly status?: string;
  readonly runs?: readonly unknown[];
}

let servers: Bun.Server<undefined>[] = [];
afterEach(async () => {
  for (const server of servers) await server.stop(true);
  servers = [];
});

function serve(answer: (path: string) => Response): string {
  const server = Bun.serve({ port: 0, fetch: (request) => answer(new URL(request.url).pathname) });
  servers.push(server);
  return server.url.origin;
}

function createScene(planted: Planted = {}, more: Partial<VerifyScene> = {}): VerifyScene {
  const { registered = ["system-verify"], output = END, status = "COMPLETED" } = planted;
  const workerOrigin = serve(() => Response.json({ functions: ["system-verify"] }));
  const app = { id: "system-bus" };
  const run = {
    id: "01RUN",
    app,
    function: { id: "system-verify", name: "" },
    status,
    queuedAt: "2026-11-21T09:00:00Z",
    output,
  };
  const answers: Record<string, unknown> = {
    "/api/v2/apps": [{ ...app, name: "bus", latestSync: { url: `${workerOrigin}/api/inngest` } }],
    "/api/v2/apps/system-bus/functions": registered.map((id) => ({ id, name: id, app })),
    "/api/v2/events/01EVENT/runs": planted.runs ?? [run],
    "/api/v2/runs/01RUN": run,
  };
  const engineUrl = serve((path) => {
    if (path === "/")
      return new Response("<title>Dashboard</title>", { headers: { "content-type": "text/html" } });
    if (path.startsWith("/e/")) return Response.json({ ids: ["01EVENT"], status: 200 });
    const data = answers[path];
    if (data !== undefined) return Response.json({ data });
    return Response.json({ errors: [{ message: "not found" }] }, { status: 404 });
  });
  const processes: ProcessTable = {
    bootId: "boot",
    find: async () => null,
    list: async () => [],
    listMarked: async () => new Set(),
    signal() {
      throw new Error("nothing is to be signalled here");
    },
  };
  return {
    api: createInngestApi({ baseUrl: engineUrl }),
    engineUrl,
    workerOrigin,
    processes,
    findSupervisor: async () => null,
    daemon: { look: async () => ({ kind: "none", reason: "no daemon", cure: "install one" }) },
    clock: new LeapingClock(),
    signal: new AbortController().signal,
    askConsent: async () => ({ kind: "given" }),
    onProgress() {},
    onResult() {},
    ...more,
  };
}

const statesOf = (results: Awaited<ReturnType<typeof runChecks>>) =>
  results.map(({ id, state }) => `${id} ${state}`);

describe("the verification list", () => {
  test("what nobody would start again is not checked, with the reason, and never well", async () => {
    const results = await runChecks(createScene());
    expect(statesOf(results)).toEqual([
      "dashboard well",
      "worker well",
      "test-event well",
      "worker-killed not-checked",
      "engine-restarted not-checked",
      "daemon not-checked",
    ]);
    expect(results[3]?.text).toBe("nothing here starts the worker again");
    expect(summarizeChecks(results)).toBe("3 well, 3 not checked");
    expect(results.map((result) => renderCheck(result, plainPaint)).join("\n")).toContain(
      "– daemon            not checked: no daemon\n                    install one",
    );
  });

  test("one fault is told once: what needs the broken part is not checked", async () => {
    const results = await runChecks(createScene({ registered: ["another"] }));
    expect(statesOf(results).slice(1, 4)).toEqual([
      "worker failed",
      "test-event not-checked",
      "worker-killed not-checked",
    ]);
    expect(results[2]?.text).toBe("the worker's registration has to be well for it");
  });

  test("an engine that doesn't answer fails the dashboard, and nothing else is tried", async () => {
    const results = await runChecks(createScene({}, { engineUrl: "http://127.0.0.1:1" }));
    expect(statesOf(results)).toEqual([
      "dashboard failed",
      ...["worker", "test-event", "worker-killed", "engine-restarted", "daemon"].map(
        (id) => `${id} not-checked`,
      ),
    ]);
  });

  test.each([
    [{ runs: [] }, "no run of system-verify was started"],
    [{ status: "FAILED", output: { name: "Error", message: "broken" } }, "ended as failed: broken"],
    [{ status: "RUNNING" }, "has not ended within 30.0 s"],
    [{ output: { anything: "else" } }, "returned something else"],
  ])("a test event fails when %p", async (planted, text) => {
    const results = await runChecks(createScene(planted));
    expect(results[2]).toMatchObject({
      state: "failed",
      text: expect.stringContaining(text),
      cure: expect.stringContaining("igs why"),
    });
  });

  test("Ctrl-C ends it after what was found, and nothing is told of the check in hand", async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const results = await runChecks(
      createScene(
        {},
        {
          signal: stop.signal,
          onResult: ({ id }) => {
            told.push(id);
            if (id === "worker") stop.abort();
          },
        },
      ),
    );
    expect(results.map(({ id }) => id)).toEqual(["dashboard", "worker"]);
    expect(told).toEqual(["dashboard", "worker"]);
  });
});

describe("a worker that may be killed", () => {
  const supervisor = {
    mode: "start",
    engine: "attach",
    engineUrl: "",
    workerUrl: "",
    supervisor: { ...WORKER, pid: 4_700 },
    parts: { worker: WORKER },
  } as const;

  test("is left alone without consent, and the reason is told", async () => {
    const results = await runChecks(
      createScene(
        {},
        {
          findSupervisor: async () => supervisor,
          askConsent: async () => ({
            kind: "refused",
            reason: "1 run is in the middle",
            cure: "wait",
          }),
        },
      ),
    );
    expect(results[3]).toMatchObject({ state: "not-checked", text: "1 run is in the middle" });
    expect(results[4]).toMatchObject({
      state: "not-checked",
      text: expect.stringContaining("somebody else's to restart"),
    });
  });

  test("is left alone when another worker runs this engine's functions", async () => {
    const other = { ...supervisor, parts: { worker: { ...WORKER, startMark: "9" } } };
    const scene = createScene({}, { findSupervisor: async () => other });
    const getTrace: typeof scene.api.getTrace = async () => ({
      id: "root",
      name: "run",
      status: "RUNNING",
      metadata: [],
      children: [
        {
          id: "one",
          name: "one",
          status: "COMPLETED",
          output: { data: step("1") },
          metadata: [],
          children: [],
        },
      ],
    });
    const results = await runChecks({ ...scene, api: { ...scene.api, getTrace } });
    expect(results[3]).toMatchObject({
      state: "not-checked",
      text: expect.stringContaining("another worker than the one that is kept here"),
    });
  });
});
