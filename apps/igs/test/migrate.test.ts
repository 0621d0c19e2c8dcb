// igs migrate between two embedded engines, each with a worker of its own, all of them processes.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { createInngestApi, type InngestApi, type Run } from "@system-bus/inngest-api";
import { type MigrateFlags, migrate as migrateAction } from "../src/actions/migrate.ts";
import { expectDescribed } from "./expect-described.ts";
import { Processes } from "./processes.ts";
import { runAsProgram } from "./quiet-context.ts";

const worker = fileURLToPath(new URL("./fixture-migration-worker.ts", import.meta.url));
/** Each takes as long as the engine's answer. */
const TRIES_MAX = 10_000;

let processes: Processes;
let sourceUrl: string;
let targetUrl: string;
let source: InngestApi;
let target: InngestApi;
beforeEach(async () => {
  processes = await Processes.create();
  sourceUrl = await processes.startEngine();
  targetUrl = await startTarget();
  source = createInngestApi({ baseUrl: sourceUrl });
  target = createInngestApi({ baseUrl: targetUrl });
  await processes.startApp(worker, { INNGEST_BASE_URL: sourceUrl });
});
afterEach(() => processes.end());

async function startTarget(): Promise<string> {
  const { firstLine } = await processes.startIgs(["engine", "--dev", "--port", "0"]);
  return JSON.parse(firstLine).result.url;
}

const startTargetWorker = () =>
  processes.startApp(worker, { INNGEST_BASE_URL: targetUrl, RUNS_END: "1" });

const migrate = (flags: Partial<MigrateFlags> = {}) =>
  runAsProgram({ home: processes.home }, (context) =>
    migrateAction.call(context, { engineUrl: sourceUrl, to: targetUrl, ...flags }),
  );

/** Asks, as fast as the engine answers, until the runs are as they have to be. */
async function waitForRuns(
  api: InngestApi,
  isReady: (runs: readonly Run[]) => boolean,
): Promise<readonly Run[]> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const { items } = await api.listRuns({ limit: 100, includeOutput: true });
    if (isReady(items)) return items;
  }
  throw new Error("the runs did not become what was awaited");
}

const goesOn = (runs: readonly Run[], count: number) =>
  runs.filter(({ status }) => status === "RUNNING").length === count;
const runsOf = (runs: readonly Run[], id: string) => runs.filter((run) => run.function.id === id);

test("runs go on at the target under their events' ids and times, once, however often it is started", async () => {
  await startTargetWorker();
  const ts = Date.UTC(2026, 10, 21);
  const [own] = await source.sendEvents([
    { name: "demo/go", data: { a: 1 }, user: { email: "a@example.org" }, id: "by-sender", ts },
  ]);
  const [plain] = await source.sendEvents([{ name: "demo/go", data: { a: 2 } }]);
  await waitForRuns(source, (runs) => goesOn(runs, 2) && runs.length === 4);

  const shown = await migrate({ dryRun: true });
  expect(shown.exitCode).toBe(0);
  expect(shown.envelope.result).toMatchObject({
    counts: { runs: 2, events: 2, repeated: 2, staying: 0 },
    moving: [{ functionId: "works", doneSteps: ["load"], openWaits: ["nap"] }, {}],
    repeated: [{ functionId: "echoes", status: "COMPLETED" }, {}],
  });
  expectDescribed("migrate", shown.envelope.result);
  const asked = await migrate();
  expect(asked.exitCode).toBe(2);
  expect(asked.envelope).toMatchObject({
    error: { message: expect.stringContaining("send 2 events for 2 runs") },
  });
  expect((await target.listRuns()).items).toEqual([]);

  const moved = await processes.igs([
    ...["migrate", "--engine-url", sourceUrl, "--to", targetUrl, "--yes"],
  ]);
  expect(moved.envelope).toMatchObject({ ok: true, result: { sent: 2, cancelled: 0 } });
  expectDescribed("migrate", moved.envelope.result);
  const there = await waitForRuns(
    target,
    (runs) => runs.length === 4 && runs.every(({ status }) => status === "COMPLETED"),
  );
  expect(runsOf(there, "works").map(({ output }) => output)).toEqual(
    expect.arrayContaining([
      { id: "by-sender", ts, data: { a: 1 } },
      { id: plain, ts: expect.any(Number), data: { a: 2 } },
    ]),
  );
  const { items: events } = await target.listEvents({ name: "demo/go" });
  expect(events.find(({ id }) => id === "by-sender")?.user).toEqual({ email: "a@example.org" });
  expect(own).not.toBe("by-sender");

  expect((await migrate({ yes: true })).envelope.result).toMatchObject({
    counts: { events: 0, sentBefore: 2 },
    sent: 0,
  });
  expect((await migrate({ yes: true, again: true })).envelope.result).toMatchObject({ sent: 2 });
  expect((await target.listRuns()).items).toHaveLength(4);

  expect(goesOn((await source.listRuns()).items, 2)).toBe(true);
  const cancelled = await migrate({ yes: true, cancelSource: true });
  expect(cancelled.envelope.result).toMatchObject({ sent: 0, cancelled: 2 });
  expect(goesOn((await source.listRuns()).items, 0)).toBe(true);
}, 30_000);

test("waits that were answered, batches and invocations are told, and a batch is put together anew", async () => {
  await startTargetWorker();
  await source.sendEvents([
    { name: "demo/wait" },
    { name: "demo/parent" },
    { name: "demo/one-of-two", data: { n: 1 } },
    { name: "demo/one-of-two", data: { n: 2 } },
  ]);
  await waitForRuns(source, (runs) => goesOn(runs, 4));
  await source.sendEvents([{ name: "demo/answer" }]);
  const invoked = await source.invoke({ appId: "demo", functionId: "child" });
  const [waiting] = runsOf((await source.listRuns()).items, "waits");
  for (let tries = 0, isHeard = false; tries < TRIES_MAX && !isHeard; tries += 1) {
    const root = await source.getTrace(waiting?.id ?? "");
    isHeard = root.children.some(({ name }) => name === "nap");
  }
  await waitForRuns(source, (runs) => goesOn(runs, 5));

  const moved = await migrate({ yes: true, cancelSource: true });
  const { type: _, ...plan } = moved.lines[0] ?? {};
  expectDescribed("migrate", plan);
  expect(moved.lines[0]).toMatchObject({
    type: "plan",
    moving: expect.arrayContaining([
      expect.objectContaining({ functionId: "waits", answeredWaits: ["answer"] }),
      expect.objectContaining({ functionId: "gathers", batchSize: 2 }),
    ]),
    staying: expect.arrayContaining([
      expect.objectContaining({ functionId: "child", reason: "invoked-by-step" }),
      expect.objectContaining({ runId: invoked, reason: "invoked-by-program" }),
    ]),
  });
  expect(moved.envelope.result).toMatchObject({ sent: 4, cancelled: 3 });
  const there = await waitForRuns(target, (runs) =>
    runsOf(runs, "gathers").some(({ status }) => status === "COMPLETED"),
  );
  expect(runsOf(there, "gathers")).toMatchObject([{ output: 2 }]);
}, 30_000);

test("a target without the functions is refused, and so is the source under another name", async () => {
  await source.sendEvents([{ name: "demo/go" }]);
  await waitForRuns(source, (runs) => goesOn(runs, 1));

  const lacking = await migrate({ yes: true });
  expect(lacking.exitCode).toBe(2);
  expect(lacking.envelope).toMatchObject({
    error: {
      code: "refused",
      message: "Nothing was sent: demo/works (1 run) is not registered there.",
    },
    fix: expect.stringContaining(`INNGEST_BASE_URL=${targetUrl}`),
    result: { lacking: [{ functionId: "works", reason: "not-registered" }] },
  });

  expectDescribed("migrate", lacking.envelope.result);
  const itself = await migrate({ to: sourceUrl.replace("127.0.0.1", "localhost") });
  expect(itself.envelope).toMatchObject({ error: { code: "usage" } });
  const alias = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) => fetch(new URL(new URL(url).pathname, sourceUrl)),
  });
  const hidden = await migrate({ to: alias.url.origin, yes: true });
  await alias.stop(true);
  expect(hidden.envelope).toMatchObject({
    error: { code: "refused", message: expect.stringContaining("or a copy of it") },
  });
  expect((await source.listRuns()).items).toHaveLength(2);
  expect((await target.listEvents()).items).toEqual([]);
}, 30_000);
