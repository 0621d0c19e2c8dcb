// What not every server tells, and in what detail.

import { describe, expect, test } from "bun:test";
import { createInngestApi } from "../src/index.ts";

function apiAnswering(body: unknown, status = 200) {
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(new URL(url).pathname);
    return Response.json(body, { status });
  };
  return { api: createInngestApi({ baseUrl: "http://engine", fetch }), asked };
}

describe("a run's jobs", () => {
  test("are read with their step, their attempt and when they are due", async () => {
    const job = {
      id: "x",
      kind: "sleep",
      step_id: "s1",
      step: "nap",
      status: "Scheduled",
      attempt: 0,
    };
    const { api, asked } = apiAnswering({ data: [{ ...job, at: "2026-11-21T02:01:00Z" }] });
    expect(await api.listRunJobs("01RUN")).toEqual([
      {
        kind: "sleep",
        stepId: "s1",
        stepName: "nap",
        status: "Scheduled",
        attempt: 0,
        at: "2026-11-21T02:01:00Z",
      },
    ]);
    expect(asked).toEqual(["/v1/runs/01RUN/jobs"]);
  });

  test("of a server that tells less are read as far as they go", async () => {
    const { api } = apiAnswering({ data: [{ kind: "edge", attempt: 2 }] });
    const nothing = { stepId: null, stepName: null, status: null, at: null };
    expect(await api.listRunJobs("01RUN")).toEqual([{ kind: "edge", attempt: 2, ...nothing }]);
    expect(await apiAnswering({ data: null }).api.listRunJobs("01RUN")).toEqual([]);
  });

  test("of a server without the route are unsupported, of a run that is not there not found", async () => {
    const missing = apiAnswering("404 page not found", 404).api.listRunJobs("01RUN");
    expect(missing).rejects.toMatchObject({ code: "unsupported" });
    const unknown = apiAnswering({ error: "run not found: 01RUN" }, 404).api.listRunJobs("01RUN");
    expect(unknown).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("what starts a function", () => {
  test("has its condition and its flow control where the server tells them", async () => {
    const told = {
      slug: "demo-a",
      triggers: [{ event: "demo/go", expression: "event.data.x > 1" }, { cron: "0 5 * * *" }],
      flow_control: {
        rate_limits: [{ option: "rateLimit", limit: 1, period_ms: 1_000, key: "event.data.u" }],
        singleton: { mode: "skip" },
      },
    };
    const { api, asked } = apiAnswering({ data: [told, { slug: "demo-b", triggers: null }] });
    expect(await api.listFunctionStarts("demo")).toEqual([
      {
        slug: "demo-a",
        events: [{ name: "demo/go", condition: "event.data.x > 1" }],
        flowControl: {
          rateLimits: [{ option: "rateLimit", limit: 1, periodMs: 1_000, key: "event.data.u" }],
          batch: null,
          debounce: null,
          singleton: { mode: "skip" },
          throttle: null,
        },
      },
      { slug: "demo-b", events: [], flowControl: null },
    ]);
    expect(asked).toEqual(["/v1/apps/demo/functions"]);
  });
});
