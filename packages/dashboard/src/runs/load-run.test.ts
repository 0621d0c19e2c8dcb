import { expect, test } from "bun:test";
import {
  type InngestApi,
  InngestApiError,
  type ReceivedEvent,
  type Run,
} from "@system-bus/inngest-api";
import { loadRun } from "./load-run.ts";

const run: Run = {
  id: "01R",
  status: "RUNNING",
  app: { id: "demo" },
  function: { id: "fn", name: "fn" },
  queuedAt: "2026-11-21T01:59:18.152Z",
  trigger: { eventIds: ["01E"] },
};
const trace = { id: "root", name: "fn", status: "RUNNING", children: [] } as const;
const event: ReceivedEvent = {
  internalId: "01E",
  id: "01E",
  name: "demo/ok",
  data: {},
  ts: 0,
  receivedAt: "2026-11-21T01:59:18.152Z",
};

const missing = () => Promise.reject(new InngestApiError("not-found", "Not found", { fix: "" }));

/** An engine that has the run, its trace and its event, but for what is given. */
function load(
  api: Partial<Pick<InngestApi, "getRun" | "getTrace" | "getEvent">>,
  knownEvent: ReceivedEvent | null = null,
) {
  const whole = {
    getRun: async () => run,
    getTrace: async () => ({ ...trace, metadata: [], children: [] }),
    getEvent: async () => event,
    ...api,
  };
  const times = [100, 140];
  const { signal } = new AbortController();
  const nowMs = () => times.shift() ?? 0;
  return loadRun(whole, { runId: "01R", signal, knownEvent, nowMs });
}

test("a run comes with its trace, the event that started it, and what it took to load", async () => {
  expect(await load({})).toEqual({
    run,
    trace: { ...trace, metadata: [], children: [] },
    event,
    loadMs: 40,
  });
});

test("a run without a trace yet, or whose event is gone, is shown without", async () => {
  expect(await load({ getTrace: missing, getEvent: missing })).toMatchObject({
    run,
    trace: null,
    event: null,
  });
});

test("an event that is known is not asked for again", async () => {
  const getEvent = () => Promise.reject(new Error("asked again"));
  expect((await load({ getEvent }, event)).event).toBe(event);
});

test("a run that is not there, and an engine with a fault, are failures of the whole", async () => {
  await expect(load({ getRun: missing })).rejects.toMatchObject({ code: "not-found" });
  const fault = () => Promise.reject(new InngestApiError("server", "500", { fix: "" }));
  await expect(load({ getTrace: fault })).rejects.toMatchObject({ code: "server" });
});
