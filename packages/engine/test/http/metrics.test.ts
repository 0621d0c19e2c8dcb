// What `/metrics` says after traffic that is known.

import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { type MetricFamily, readExposition } from "../../src/testing/exposition.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { EngineHarness, type HarnessOptions } from "../engine-harness.ts";

const PREFIX = "system_bus_engine_";

let engine: EngineHarness;
let path: string | undefined;
afterEach(async () => {
  await engine.stop();
  if (path !== undefined) rmSync(path, { recursive: true });
  path = undefined;
});

async function start(options: HarnessOptions): Promise<void> {
  engine = new EngineHarness({ retryIntervalMs: 1_000, ...options });
  await engine.sync();
}

async function readMetrics(): Promise<ReadonlyMap<string, MetricFamily>> {
  const response = await engine.request("/metrics");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return readExposition(await response.text());
}

/** The samples of one metric, under what their labels say. */
async function samplesOf(name: string): Promise<Record<string, number>> {
  const samples = (await readMetrics()).get(`${PREFIX}${name}`)?.samples ?? new Map();
  return Object.fromEntries(
    [...samples].map(([key, value]) => [key.slice(PREFIX.length + name.length), value]),
  );
}

describe("counts", () => {
  test("of events, runs, steps and calls are what happened", async () => {
    await start({
      checkpointing: false,
      functions: (inngest) => [
        inngest.createFunction({ id: "good", triggers: [{ event: "go" }] }, async ({ step }) => {
          await step.run("a", () => 1);
          await step.sleep("b", "1s");
          await step.waitForEvent("c", { event: "never", timeout: "1m" });
        }),
        inngest.createFunction(
          { id: "bad", retries: 0, triggers: [{ event: "go" }] },
          async ({ step }) => {
            await step.run("a", () => {
              throw new Error("no");
            });
          },
        ),
      ],
    });
    await engine.runToEnd({ name: "go" });
    await engine.runToEnd({ name: "go" });
    await engine.send({ name: "nobody-listens" });

    expect(await samplesOf("events_received_total")).toEqual({ "": 3 });
    expect(await samplesOf("runs_started_total")).toEqual({
      '{function="app-good"}': 2,
      '{function="app-bad"}': 2,
    });
    expect(await samplesOf("runs_ended_total")).toEqual({
      '{function="app-good",status="COMPLETED"}': 2,
      '{function="app-bad",status="FAILED"}': 2,
    });
    expect(await samplesOf("steps_ended_total")).toEqual({
      '{status="completed"}': 4,
      '{status="failed"}': 2,
      '{status="timed-out"}': 2,
    });
    const calls = await samplesOf("call_duration_seconds");
    expect(calls["_count"]).toBe(engine.calls.length);
    const [commits, writes] = [
      await samplesOf("commit_duration_seconds"),
      await samplesOf("commit_writes"),
    ];
    expect(commits["_count"]).toBeGreaterThan(0);
    expect(writes["_count"]).toBe(commits["_count"] ?? 0);
    expect(writes["_sum"]).toBeGreaterThanOrEqual(writes["_count"] ?? 0);
  });

  test("of limits are what flow control has stopped or held up", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction(
          {
            id: "rated",
            rateLimit: { limit: 1, period: "1h" },
            triggers: [{ event: "rated" }],
          },
          async () => 1,
        ),
        inngest.createFunction(
          { id: "single", singleton: { mode: "skip" }, triggers: [{ event: "single" }] },
          async ({ step }) => step.sleep("s", "1h"),
        ),
        inngest.createFunction(
          { id: "late", debounce: { period: "10s" }, triggers: [{ event: "bounced" }] },
          async () => 1,
        ),
        inngest.createFunction(
          { id: "slow", throttle: { limit: 1, period: "10s" }, triggers: [{ event: "slow" }] },
          async () => 1,
        ),
      ],
    });
    for (const name of ["rated", "single", "slow", "bounced"]) {
      for (let i = 0; i < 3; i += 1) await engine.send({ name });
      await engine.settle();
    }
    const limits = await samplesOf("limits_hit_total");
    expect(limits['{limit="rateLimit"}']).toBe(2);
    expect(limits['{limit="singleton"}']).toBe(2);
    expect(limits['{limit="debounce"}']).toBe(2);
    expect(limits['{limit="throttle"}']).toBeGreaterThanOrEqual(2);
    expect(await samplesOf("runs_ended_total")).toMatchObject({
      '{function="app-single",status="SKIPPED"}': 2,
    });
  });

  test("of refused requests go by the code of the error", async () => {
    await start({ functions: () => [] });
    await engine.request("/e/test-key", { method: "POST", body: "no json" });
    await engine.request("/v1/runs/none");
    await engine.request("/v1/runs/none", {
      method: "DELETE",
      headers: { origin: "https://evil.example" },
    });
    expect(await samplesOf("requests_refused_total")).toEqual({
      '{code="EVENT_INVALID"}': 1,
      '{code="NOT_FOUND"}': 1,
      '{code="ORIGIN_REFUSED"}': 1,
    });
  });

  test("leave out what was taken back with its transaction", async () => {
    let db: Database | undefined;
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "f", triggers: [{ event: "go" }] }, async () => 1),
      ],
      openDatabase: (file) => (db = openDatabase(file)),
    });
    db?.exec("PRAGMA max_page_count = 1");
    const body = JSON.stringify({ name: "go", data: { text: "x".repeat(200_000) } });
    const response = await engine.request("/e/test-key", { method: "POST", body });
    expect(response.status).toBe(503);
    expect(await samplesOf("events_received_total")).toEqual({ "": 0 });
    expect(await samplesOf("runs_started_total")).toEqual({});
    expect((await samplesOf("commits_refused_total"))[""]).toBeGreaterThan(0);
  });
});

describe("gauges", () => {
  test("of the queue say what waits for its time and what for an app that is down", async () => {
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "nap", triggers: [{ event: "nap" }] }, async ({ step }) =>
          step.sleep("s", "1h"),
        ),
        inngest.createFunction({ id: "work", triggers: [{ event: "work" }] }, async () => 1),
      ],
    });
    await engine.send({ name: "nap" });
    await engine.settle();
    engine.isAppDown = true;
    await engine.send({ name: "work" });
    await engine.send({ name: "work" });
    await engine.settle();
    engine.clock.advanceMs(90_000);
    await engine.settle();

    const items = await samplesOf("queue_items");
    expect(items['{kind="sleep",state="later"}']).toBe(1);
    expect(items['{kind="discovery",state="parked"}']).toBe(2);
    expect(await samplesOf("queue_oldest_due_age_seconds")).toEqual({ "": 90 });
    expect(await samplesOf("parked_apps")).toEqual({ "": 1 });
    const unanswered = (await samplesOf("calls_unanswered_total"))[""];
    expect(unanswered).toBeGreaterThanOrEqual(2);

    engine.isAppDown = false;
    await engine.sync();
    await engine.settle();
    expect(await samplesOf("queue_oldest_due_age_seconds")).toEqual({ "": 0 });
    expect(await samplesOf("parked_apps")).toEqual({ "": 0 });
  });

  test("of calls say how many are on their way", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    await start({
      functions: (inngest) => [
        inngest.createFunction({ id: "held", triggers: [{ event: "go" }] }, async () => gate),
      ],
    });
    await engine.send({ name: "go" });
    await engine.send({ name: "go" });
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(await samplesOf("calls_in_flight")).toEqual({ "": 2 });
    expect((await samplesOf("queue_items"))['{kind="discovery",state="in-hand"}']).toBe(2);
    open();
    await engine.settle();
    expect(await samplesOf("calls_in_flight")).toEqual({ "": 0 });
  });

  test("of the disk are the sizes of its files", async () => {
    path = mkdtempSync(join(tmpdir(), "engine-"));
    await start({ storage: { kind: "directory", path }, functions: () => [] });
    await engine.send({ name: "go", data: { text: "x".repeat(100_000) } });
    const wal = statSync(join(path, "engine.db-wal")).size;
    expect(await samplesOf("wal_size_bytes")).toEqual({ "": wal });
    const database = (await samplesOf("database_size_bytes"))[""] ?? 0;
    expect(database).toBeGreaterThan(100_000);
    expect(database % 4096).toBe(0);
  });

  test("of the process and the build are there", async () => {
    await start({ functions: () => [] });
    engine.clock.advanceMs(5_000);
    expect(await samplesOf("uptime_seconds")).toEqual({ "": 5 });
    const metrics = await readMetrics();
    const [[build] = []] = metrics.get(`${PREFIX}build_info`)?.samples ?? [];
    expect(build).toMatch(/\{version="\d+\.\d+\.\d+.*",bun="\d+\.\d+\.\d+.*"\}$/);
    const memory = metrics.get("process_resident_memory_bytes")?.samples;
    expect(memory?.get("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
    expect(metrics.get("process_cpu_seconds_total")?.type).toBe("counter");
  });
});

test("metrics want the signing key where one is set", async () => {
  const signingKey = "signkey-prod-0123456789abcdef0123456789abcdef";
  // Signatures are of the real time, which the SDK looks at.
  await start({ functions: () => [], signingKey, clock: new VirtualClock(Date.now()) });
  const bare = await engine.http.request("http://engine.test/metrics");
  expect(bare.status).toBe(401);
  expect(await bare.text()).not.toContain("system_bus");
  expect((await readMetrics()).size).toBeGreaterThan(10);
});
