// Recorded from a real Inngest server with the app `demo`, and closed by hand where the record was cut.

export const APPS = [
  {
    createdAt: "2026-11-21T01:59:13Z",
    functionCount: 4,
    id: "demo",
    latestSync: {
      framework: "hono",
      sdkLanguage: "js",
      sdkVersion: "v4.24.0",
      url: "http://localhost:3111/api/inngest",
    },
    method: "SERVE",
    name: "demo",
  },
];

const app = { id: "demo" };
const planLimit = { limit: { isPlanLimit: true, value: -1 }, scope: "ACCOUNT" };

export const FUNCTIONS = [
  {
    app,
    configuration: { concurrency: [planLimit], retries: { isDefault: false, value: 1 } },
    id: "bad",
    name: "bad",
    slug: "bad",
    triggers: [{ type: "EVENT", value: "demo/bad" }],
  },
  {
    app,
    configuration: {
      concurrency: [
        { key: "event.data.k", limit: { isPlanLimit: true, value: 5 }, scope: "FUNCTION" },
      ],
      retries: { isDefault: false, value: 2 },
    },
    id: "ok",
    name: "All kinds of steps",
    slug: "ok",
    triggers: [{ type: "EVENT", value: "demo/ok" }],
  },
  {
    app,
    configuration: { concurrency: [planLimit], retries: { isDefault: true, value: 4 } },
    id: "slow",
    name: "slow",
    slug: "slow",
    triggers: [
      { type: "EVENT", value: "demo/slow" },
      { type: "CRON", value: "0 5 * * *" },
    ],
  },
  {
    app,
    configuration: { concurrency: [planLimit], retries: { isDefault: true, value: 4 } },
    id: "child",
    name: "child",
    slug: "child",
    triggers: [{ type: "EVENT", value: "demo/child" }],
  },
];

const firstTryFails = {
  message: "first try fails",
  name: "Error",
  stack: "Error: first try fails\n    at <anonymous> (worker.ts:7:70)",
};

export const RUNS = [
  {
    app,
    durationMs: "38",
    endedAt: "2026-11-21T01:59:18.191331156Z",
    function: { id: "child", name: "child" },
    id: "01M7XX8MC8V0ET8TCS22VP9XJC",
    queuedAt: "2026-11-21T01:59:18.152Z",
    startedAt: "2026-11-21T01:59:18.153060144Z",
    status: "COMPLETED",
    trigger: { eventIds: ["01M7XX8M8MPG1RXYE9Y43PAZVS"] },
  },
  {
    app,
    function: { id: "slow", name: "slow" },
    id: "01M7XX8G6Y82X1J22S5Y001BFP",
    queuedAt: "2026-11-21T01:59:13.886Z",
    startedAt: "2026-11-21T01:59:13.890748647Z",
    status: "RUNNING",
    trigger: { eventIds: ["01M7XX8G2WA5PZNWB05HM2NTJ3"] },
  },
  {
    app,
    durationMs: "4607",
    endedAt: "2026-11-21T01:59:18.495315276Z",
    function: { id: "ok", name: "All kinds of steps" },
    id: "01M7XX8G6W1DC58JY8SRGZ2ZER",
    output: { done: true },
    queuedAt: "2026-11-21T01:59:13.884Z",
    startedAt: "2026-11-21T01:59:13.888270143Z",
    status: "COMPLETED",
    trigger: { eventIds: ["01M7XX8G26Z39M6Y05EC7VAHVT"] },
  },
  {
    app,
    durationMs: "179",
    endedAt: "2026-11-21T01:59:14.162Z",
    function: { id: "bad", name: "bad" },
    id: "01M7XX8G6VV4RX2KPBRWBM62B8",
    output: firstTryFails,
    queuedAt: "2026-11-21T01:59:13.883Z",
    startedAt: "2026-11-21T01:59:13.983Z",
    status: "FAILED",
    trigger: { eventIds: ["01M7XX8G2G7FNGBMKERAZ0VAH7"] },
  },
];

/** A step that failed once: with its attempts, and told a second time by a checkpoint. */
const FLAKY = "0612bcf5b16a1ec368ef4ebb92d6be2f7040260b";
const flakySpans = [
  {
    children: [
      {
        durationMs: "37",
        endedAt: "2026-11-21T01:59:14.025Z",
        id: "8513483a2b2d4e45",
        metadata: [],
        name: "Attempt 0",
        output: firstTryFails,
        queuedAt: "2026-11-21T01:59:13.888Z",
        startedAt: "2026-11-21T01:59:13.988Z",
        status: "FAILED",
        stepId: FLAKY,
        stepOp: "RUN",
      },
      {
        durationMs: "9",
        endedAt: "2026-11-21T01:59:15.048Z",
        id: "c1217f6f5f2d6964",
        metadata: [],
        name: "Attempt 1",
        output: { data: 1 },
        queuedAt: "2026-11-21T01:59:14.025Z",
        startedAt: "2026-11-21T01:59:15.039Z",
        status: "COMPLETED",
        stepId: FLAKY,
        stepOp: "RUN",
      },
    ],
    durationMs: "1060",
    endedAt: "2026-11-21T01:59:15.048Z",
    id: "ea59ead28d474252",
    name: "flaky",
    output: { data: 1 },
    queuedAt: "2026-11-21T01:59:13.888Z",
    startedAt: "2026-11-21T01:59:13.988Z",
    status: "COMPLETED",
    stepId: FLAKY,
    stepOp: "RUN",
  },
  {
    durationMs: "1",
    endedAt: "2026-11-21T01:59:14.014Z",
    id: "0a46ce8a5f882f0e",
    name: "load",
    output: { hello: "a" },
    queuedAt: "2026-11-21T01:59:14.013Z",
    startedAt: "2026-11-21T01:59:14.013Z",
    status: "COMPLETED",
    stepId: "5dbc716c4600097b85b9e51d6aeb77a4363b03ed",
    stepOp: "RUN",
  },
  {
    durationMs: "1",
    endedAt: "2026-11-21T01:59:14.024Z",
    id: "3549b3c9415fe0e0",
    name: "flaky",
    output: firstTryFails,
    queuedAt: "2026-11-21T01:59:13.888Z",
    startedAt: "2026-11-21T01:59:14.023Z",
    status: "FAILED",
    stepId: FLAKY,
    stepOp: "RUN",
  },
];

export const TRACES: Readonly<Record<string, object>> = {
  "01M7XX8G6W1DC58JY8SRGZ2ZER": {
    id: "root",
    name: "All kinds of steps",
    status: "COMPLETED",
    children: flakySpans,
  },
};

const nobody = "00000000-0000-0000-0000-000000000000";
const origin = { account_id: nobody, environment_id: nobody, source: "", source_id: null };

export const EVENTS = [
  {
    internal_id: "01M7XX8MPKHYNZ75583VZAY61A",
    ...origin,
    received_at: "2026-11-21T01:59:18.652376866Z",
    id: "01M7XX8MPKHYNZ75583VZAY61A",
    name: "demo/told",
    data: { k: "a" },
    ts: 1795226358483,
  },
  {
    internal_id: "01M7XX8G26Z39M6Y05EC7VAHVT",
    ...origin,
    received_at: "2026-11-21T01:59:13.881817038Z",
    id: "01M7XX8G26Z39M6Y05EC7VAHVT",
    name: "demo/ok",
    data: { k: "a" },
    ts: 1795226353733,
  },
];
