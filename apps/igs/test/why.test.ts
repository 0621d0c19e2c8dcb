// `igs why` on a real engine and the real SDK: what the engine tells is enough for the answer.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type RunningEngine, startEngine } from "@system-bus/engine";
import { createInngestApi, type InngestApi, type Run } from "@system-bus/inngest-api";
import { Inngest, NonRetriableError } from "inngest";
import { serve } from "inngest/bun";
import { answers } from "../src/why/answers.ts";
import { explainEvent } from "../src/why/explain-event.ts";
import { explainRun } from "../src/why/explain-run.ts";
import type { RunFinding } from "../src/why/finding.ts";
import { gatherStory } from "../src/why/gather-chain.ts";
import { gatherEvent } from "../src/why/gather-event.ts";
import { gatherSurroundings, type WhyDeps } from "../src/why/gather-run.ts";

let engine: RunningEngine;
let api: InngestApi;
let deps: WhyDeps;
let app: Bun.Server<undefined>;
let letGo: () => void;

beforeAll(async () => {
  engine = await startEngine({
    host: "127.0.0.1",
    port: 0,
    storage: { kind: "memory" },
    eventKeys: [],
    isDev: true,
  });
  api = createInngestApi({ baseUrl: engine.url });
  const signal = new AbortController().signal;
  deps = { api, signal, loadPrograms: async () => [], answers };
  const held = Promise.withResolvers<void>();
  letGo = held.resolve;
  app = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    routes: { "/api/inngest": serve(createApp(held.promise)) },
  });
  const synced = await fetch(new URL("/api/inngest", app.url), { method: "PUT" });
  if (!synced.ok) throw new Error(`the app was not registered: ${await synced.text()}`);
});
afterAll(async () => {
  letGo();
  await app.stop(true);
  await engine.stop();
});

function createApp(held: Promise<void>) {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const client = new Inngest({ id: "demo", baseUrl: engine.url, isDev: true, logger: silent });
  const on = (event: string, condition?: string) => [
    condition === undefined ? { event } : { event, if: condition },
  ];
  const waits = client.createFunction(
    { id: "waits", triggers: on("demo/wait") },
    async ({ step }) => {
      await step.waitForEvent("approval", {
        event: "demo/approved",
        if: "async.data.id == event.data.id",
        timeout: "1h",
      });
    },
  );
  const sleeps = client.createFunction({ id: "sleeps", triggers: on("demo/sleep") }, ({ step }) =>
    step.sleep("nap", "2h"),
  );
  const parent = client.createFunction(
    { id: "parent", triggers: on("demo/parent") },
    async ({ step, event }) => {
      const { fails }: { fails?: boolean } = event.data;
      await step.invoke("ask", { function: fails ? breaks : sleeps, data: {} });
    },
  );
  const retries = client.createFunction(
    { id: "retries", triggers: on("demo/retry"), retries: 3 },
    async ({ step }) => {
      await step.run("flaky", () => {
        throw new Error("not yet");
      });
    },
  );
  const breaks = client.createFunction(
    { id: "breaks", triggers: on("demo/break"), retries: 0 },
    async ({ step }) => {
      await step.run("load", () => 1);
      await step.run("write", () => {
        throw new NonRetriableError("the disk is full");
      });
    },
  );
  const sends = client.createFunction({ id: "sends", triggers: on("demo/send") }, ({ step }) =>
    step.sendEvent("emit", { name: "demo/break" }),
  );
  const alone = client.createFunction(
    { id: "alone", triggers: on("demo/alone"), concurrency: 1 },
    ({ step }) => step.run("hold", () => held),
  );
  const keyed = client.createFunction(
    {
      id: "keyed",
      triggers: on("demo/keyed"),
      concurrency: { limit: 1, key: "event.data.project" },
    },
    ({ step }) => step.run("hold", () => held),
  );
  const choosy = client.createFunction(
    { id: "choosy", triggers: on("demo/choose", "event.data.x > 1") },
    () => "chosen",
  );
  const later = client.createFunction(
    { id: "later", triggers: on("demo/later"), debounce: { period: "1h" } },
    () => "late",
  );
  const seldom = client.createFunction(
    {
      id: "seldom",
      triggers: on("demo/seldom"),
      rateLimit: { limit: 1, period: "1h", key: "event.data.user" },
    },
    () => "once",
  );
  const functions = [
    waits,
    sleeps,
    parent,
    retries,
    breaks,
    sends,
    alone,
    keyed,
    choosy,
    later,
    seldom,
  ];
  return { client, functions };
}

async function send(
  name: string,
  data: Record<string, unknown> = {},
  id?: string,
): Promise<string> {
  const [eventId] = await api.sendEvents([{ name, data, ...(id === undefined ? {} : { id }) }]);
  if (eventId === undefined) throw new Error("the event has no id");
  return eventId;
}

async function until<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    await Bun.sleep(10);
  }
}

async function startRun(name: string, data: Record<string, unknown> = {}): Promise<Run> {
  const eventId = await send(name, data);
  return until(async () => (await api.getEventRuns(eventId))[0]);
}

async function explain(runId: string, by = deps): Promise<readonly RunFinding[]> {
  return explainRun(await gatherStory(by, await gatherSurroundings(by), runId));
}

/** Looks until the first finding is of this kind: a run needs a moment to come there. */
function explained(runId: string, kind: RunFinding["kind"]): Promise<readonly RunFinding[]> {
  return until(async () => {
    const findings = await explain(runId);
    return findings[0]?.kind === kind && findings;
  });
}

async function explainEventOf(eventId: string, by = deps) {
  const event = await api.getEvent(eventId);
  return explainEvent(await gatherEvent(by, await gatherSurroundings(by), event, Date.now()));
}

/** As on a server that tells neither what is due for a run nor the conditions of functions. */
function createReservedDeps(): WhyDeps {
  const fetchLess = (url: string, init: RequestInit) =>
    /\/v1\/(runs\/[^/]+\/jobs|apps\/[^/]+\/functions)$/.test(url)
      ? Promise.resolve(new Response("404 page not found", { status: 404 }))
      : fetch(url, init);
  return { ...deps, api: createInngestApi({ baseUrl: engine.url, fetch: fetchLess }) };
}

describe("a run waits", () => {
  test("for an event, with its condition and its end", async () => {
    const run = await startRun("demo/wait", { id: 7 });
    const [finding] = await explained(run.id, "waits-for-event");
    expect(finding).toMatchObject({
      step: "approval",
      event: "demo/approved",
      condition: "async.data.id == event.data.id",
      until: expect.any(String),
    });
  });

  test("for a moment", async () => {
    const run = await startRun("demo/sleep");
    const [finding] = await explained(run.id, "sleeps");
    const leftMs = finding?.kind === "sleeps" ? Date.parse(finding.until ?? "") - Date.now() : 0;
    expect(leftMs).toBeGreaterThan(7_000_000);
  });

  test("for a run that it invoked, which sleeps", async () => {
    const run = await startRun("demo/parent");
    const findings = await until(async () => {
      const found = await explain(run.id);
      return found[1]?.kind === "sleeps" && found;
    });
    expect(findings).toMatchObject([
      { kind: "waits-for-run", step: "ask", invokedFunction: "sleeps" },
      { kind: "sleeps", functionId: "sleeps" },
      { kind: "started-by", event: "demo/parent" },
    ]);
    const [wait] = findings;
    const childId = wait?.kind === "waits-for-run" ? (wait.invokedRunId ?? "") : "";
    expect(await explain(childId)).toContainEqual(
      expect.objectContaining({ kind: "sent-by", senderRunId: run.id, step: "ask" }),
    );
  });

  test("for its next attempt, which the engine dates", async () => {
    const run = await startRun("demo/retry");
    const [finding] = await explained(run.id, "retries");
    expect(finding).toMatchObject({
      step: "flaky",
      attempt: 2,
      attemptsMax: 4,
      at: expect.any(String),
      error: "Error: not yet",
    });
  });

  test("for its turn behind the run that is at work, and held when its function is paused", async () => {
    const first = await startRun("demo/alone");
    await explained(first.id, "works");
    const second = await startRun("demo/alone");
    const [finding] = await explained(second.id, "concurrency");
    expect(finding).toMatchObject({ limit: 1, key: null, holders: [first.id] });
    await api.pauseFunction({ appId: "demo", functionId: "alone", runs: "HOLD" });
    expect((await explain(second.id))[0]).toMatchObject({ kind: "function-paused" });
    const skipped = await startRun("demo/alone");
    expect((await explain(skipped.id))[0]).toMatchObject({ kind: "skipped", because: "paused" });
    await api.resumeFunction({ appId: "demo", functionId: "alone" });
  });

  test("for its turn behind the run of its own key only", async () => {
    const [first, other] = [
      await startRun("demo/keyed", { project: "a" }),
      await startRun("demo/keyed", { project: "b" }),
    ];
    await explained(first.id, "works");
    await explained(other.id, "works");
    const second = await startRun("demo/keyed", { project: "a" });
    expect((await explained(second.id, "concurrency"))[0]).toMatchObject({
      key: "event.data.project",
      holders: [first.id],
    });
  });
});

describe("a run failed", () => {
  test("in a step, and its sender is found by what its step had sent", async () => {
    const sender = await startRun("demo/send");
    const findings = await until(async () => {
      const found = await explain(sender.id);
      return found.some(({ kind }) => kind === "failed") && found;
    });
    expect(findings).toMatchObject([
      { kind: "completed", runId: sender.id },
      { kind: "failed", functionId: "breaks", step: "write", isFirstCause: true },
      { kind: "started-by" },
    ]);
    const [, failed] = findings;
    const failedId = failed?.runId ?? "";
    expect(await explain(failedId)).toMatchObject([
      {
        kind: "failed",
        error: "NonRetriableError: the disk is full",
        rerun: `igs rerun ${failedId} --from-step write`,
      },
      { kind: "sent-by", event: "demo/break", senderRunId: sender.id, step: "emit" },
    ]);
  });

  test("because one that it invoked did, which is the first cause", async () => {
    const run = await startRun("demo/parent", { fails: true });
    expect(await explained(run.id, "failed")).toMatchObject([
      { kind: "failed", functionId: "breaks", step: "write", isFirstCause: true },
      { kind: "failed", runId: run.id, step: "ask", isFirstCause: false },
      { kind: "started-by" },
    ]);
  });

  test("no: it was cancelled, and the engine tells how", async () => {
    const run = await startRun("demo/sleep");
    await api.cancelRun(run.id);
    const [finding] = await explained(run.id, "cancelled");
    expect(finding).toMatchObject({ kind: "cancelled", reason: expect.any(String) });
  });
});

describe("an event started nothing", () => {
  test("as nobody listens for it", async () => {
    const [finding] = await explainEventOf(await send("demo/chooze"));
    expect(finding).toMatchObject({ kind: "no-listener", closeMatches: ["demo/choose"] });
  });

  test("as its condition does not hold", async () => {
    const eventId = await send("demo/choose", { x: 1 });
    expect(await explainEventOf(eventId)).toMatchObject([
      { kind: "condition-false", functionId: "choosy", condition: "event.data.x > 1" },
    ]);
  });

  test("as its id was sent before", async () => {
    const firstId = await send("demo/choose", { x: 2 }, "one-id");
    const eventId = await send("demo/choose", { x: 2 }, "one-id");
    const [run] = await until(async () => {
      const runs = await api.getEventRuns(firstId);
      return runs.length > 0 && runs;
    });
    expect(await explainEventOf(eventId)).toMatchObject([
      { kind: "sent-before", firstEventId: firstId, runIds: [run?.id] },
    ]);
  });

  test("as it is held, or above a limit", async () => {
    expect(await explainEventOf(await send("demo/later"))).toMatchObject([
      { kind: "held-for-others", by: "debounce", until: expect.any(String) },
    ]);
    await send("demo/seldom", { user: "a" });
    expect(await explainEventOf(await send("demo/seldom", { user: "a" }))).toMatchObject([
      { kind: "over-a-limit", option: "rateLimit", limit: 1, key: "event.data.user" },
    ]);
  });
});

describe("a server that tells less", () => {
  test("leaves out when a wait ends, and what is told is true all the same", async () => {
    const run = await startRun("demo/wait", { id: 8 });
    await explained(run.id, "waits-for-event");
    const [finding] = await explain(run.id, createReservedDeps());
    expect(finding).toMatchObject({ kind: "waits-for-event", event: "demo/approved", until: null });
  });

  test("leaves open why an event started nothing, and that is said", async () => {
    const eventId = await send("demo/choose", { x: 1 });
    expect(await explainEventOf(eventId, createReservedDeps())).toMatchObject([
      { kind: "not-told", functionId: "choosy" },
    ]);
  });
});

test("a run whose worker is gone says so, with its address", async () => {
  const address = new URL("/api/inngest", app.url).href;
  letGo();
  await app.stop(true);
  const run = await startRun("demo/break");
  expect(await explained(run.id, "worker-down")).toMatchObject([
    { kind: "worker-down", address },
    { kind: "started-by" },
  ]);
});
