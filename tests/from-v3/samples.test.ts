// The samples of docs/from-v3.md against the embedded engine: they do what the page says.

import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEngine, startEngine } from "@system-bus/engine";
import { createInngestApi, hasEnded, type InngestApi, type Run } from "@system-bus/inngest-api";
import type { Inngest, InngestFunction } from "inngest";
import { serve } from "inngest/bun";
import { waitFor } from "../harness/wait-for.ts";

setDefaultTimeout(30_000);
const WAIT_MAX_MS = 15_000;

let engine: RunningEngine;
let api: InngestApi;
let folder: string;
let samples: Awaited<ReturnType<typeof loadSamples>>;
const servers: Bun.Server<undefined>[] = [];

/** After the engine's address is known: the samples read it as they are loaded. */
async function loadSamples() {
  return {
    client: await import("./samples/client.ts"),
    task: await import("./samples/process-task.ts"),
    worker: await import("./samples/serve.ts"),
    sending: await import("./samples/sending.ts"),
    triggers: await import("./samples/triggers.ts"),
    claims: await import("./samples/claim-check.ts"),
    steps: await import("./samples/steps.ts"),
    flow: await import("./samples/flow-control.ts"),
    errors: await import("./samples/errors.ts"),
    cancellation: await import("./samples/cancellation.ts"),
    middleware: await import("./samples/middleware.ts"),
    schemas: await import("./samples/schemas.ts"),
    realtime: await import("./samples/realtime.ts"),
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "from-v3-"));
  engine = await startEngine({
    ...{ host: "127.0.0.1", port: 0, isDev: true, eventKeys: [] },
    storage: { kind: "memory" },
  });
  process.env.INNGEST_BASE_URL = engine.url;
  process.env.INNGEST_DEV = "1";
  process.env.DOWNLOADS = folder;
  api = createInngestApi({ baseUrl: engine.url });
  samples = await loadSamples();
  const { triggers, claims, steps, flow, errors, cancellation, schemas, realtime } = samples;
  await register(samples.client.inngest, [
    samples.task.processTask,
    ...[triggers.stepOne, triggers.stepTwo, triggers.systemLogger, triggers.heartbeat],
    ...[triggers.syncData, claims.transcribe, steps.computeSquare, steps.allSteps, steps.waiting],
    ...flow.flowControlled,
    ...[errors.erring, errors.recovering, errors.failing, errors.handleFailures, errors.careful],
    ...[cancellation.onboarding, cancellation.cleanUp, schemas.onCreated, schemas.greet],
    realtime.answering,
  ]);
  await register(samples.middleware.inngest, [samples.middleware.journaled]);
});

afterAll(async () => {
  for (const server of servers) await server.stop(true);
  await engine.stop();
  await rm(folder, { recursive: true });
});

async function register(client: Inngest.Any, functions: InngestFunction.Any[]): Promise<void> {
  const server = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0, idleTimeout: 0 },
    fetch: serve({ client, functions }),
  });
  servers.push(server);
  const answer = await fetch(`${server.url.origin}/api/inngest`, { method: "PUT" });
  expect(await answer.text()).toContain("registered");
}

const send = async (name: string, data: Record<string, unknown> = {}) => {
  const { ids } = await samples.client.inngest.send({ name, data });
  return String(ids[0]);
};

/** The run of a function that an event has started, once it has ended. */
function ended(eventId: string, functionId: string): Promise<Run> {
  return waitFor(
    `${functionId} to end`,
    async () => {
      const runs = await api.getEventRuns(eventId);
      return runs.find((run) => run.function.id === functionId && hasEnded(run.status));
    },
    { maxMs: WAIT_MAX_MS },
  );
}

/** What a function came to with an event. */
async function outcome(functionId: string, name: string, data: Record<string, unknown> = {}) {
  const run = await ended(await send(name, data), functionId);
  const { output } = await api.getRun(run.id, { includeOutput: true });
  return { status: run.status, output: Object(output).data ?? output };
}

/** How many runs a function has had, once there are no more to come. */
async function runsOf(functionId: string): Promise<number> {
  const { items } = await api.listRuns({ functionId: [functionId] });
  return items.length;
}

describe("the worker of 000", () => {
  test("does a task and tells of it", async () => {
    const server = samples.worker.start(0);
    servers.push(server);
    expect(await (await fetch(server.url)).json()).toEqual({ status: "running", functions: 1 });
    // Of one app, as all samples are, the last to register would take the place of the others.
    const introspection = await fetch(`${server.url.origin}/api/inngest`);
    expect(await introspection.json()).toMatchObject({ function_count: 1, mode: "dev" });
    await using site = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Response("12345"),
    });
    const url = site.url.href;
    const { ids } = await samples.sending.send(url);
    const run = await ended(String(ids[0]), "process-task");
    expect(run.status).toBe("COMPLETED");
    const { items } = await api.listEvents({ name: "task/completed" });
    expect(items[0]?.data).toEqual({ url, result: '{"processed":true,"size":5}' });
    expect(await readdir(folder)).toContainEqual(expect.stringMatching(/\.bin$/));
  });

  test("refuses to send what the schema doesn't know", async () => {
    await expect(samples.sending.send("not an address")).rejects.toThrow();
  });

  test("chains functions", async () => {
    await send("pipeline/step-one", { name: "a name" });
    await waitFor("step-two to end", async () => {
      const { items } = await api.listRuns({ functionId: ["step-two"] });
      return items.some(({ status }) => status === "COMPLETED");
    });
  });

  test("keeps what is large out of the steps", async () => {
    expect(await outcome("transcribe", "claims/transcribe")).toEqual({
      status: "COMPLETED",
      output: { characters: 600_000 },
    });
  });
});

test("the logger of 002 hears each of its events", async () => {
  for (const name of ["system/log", "content/summarized"]) {
    const { output } = await outcome("system-logger", name);
    expect(output).toStartWith(name);
  }
});

test("a trigger's condition of 003 decides", async () => {
  expect(await outcome("sync-data", "app/sync.urgent", { priority: 4 })).toMatchObject({
    output: "app/sync.urgent",
  });
  await send("app/sync.urgent", { priority: 3 });
  await outcome("sync-data", "app/sync.requested");
  expect(await runsOf("sync-data")).toBe(2);
});

describe("the steps of 003", () => {
  test("run, sleep, send, invoke, in parallel and in loops", async () => {
    const remindAt = new Date().toISOString();
    expect(await outcome("all-steps", "steps/start", { remindAt })).toEqual({
      status: "COMPLETED",
      output: { year: "1970", square: 16, other: 25, email: "sent", update: 1 },
    });
    const { items } = await api.listEvents({ name: "steps/item.process" });
    expect(items).toHaveLength(2);
  });

  test("wait for an event, and for a signal", async () => {
    const eventId = await send("steps/wait", { userId: "u7" });
    const { inngest } = samples.client;
    await waitFor("an event to be waited for", async () => {
      await send("steps/approved", { userId: "u7" });
      const sent = await inngest.sendSignal({
        signal: "task/unique-signal-id",
        data: { by: "me" },
      });
      return sent.runId !== undefined;
    });
    const run = await ended(eventId, "waiting");
    const { output } = await api.getRun(run.id, { includeOutput: true });
    expect(JSON.stringify(output)).toContain("u7 approved, me signalled");
  });
});

describe("the flow control of 003", () => {
  test.each([
    ["concurrency", { project: "p" }],
    ["throttle", { user_id: "u" }],
    ["priority", { plan: "enterprise" }],
  ])("lets %s run", async (id, data) => {
    expect(await outcome(id, `flow/${id}`, data)).toEqual({ status: "COMPLETED", output: "ran" });
  });

  test("drops what is beyond a rate, and what was done for a key", async () => {
    for (const [id, data] of [
      ["rate-limit", { customer_id: "c" }],
      ["idempotency", { customer_id: "c" }],
    ] as const) {
      await outcome(id, `flow/${id}`, data);
      await send(`flow/${id}`, data);
      await outcome(id, `flow/${id}`, { customer_id: "another" });
      expect(await runsOf(id)).toBe(2);
    }
  });

  test("runs once for many events, with the last or with all", async () => {
    await send("flow/debounce", { account_id: "a", n: 1 });
    expect(await outcome("debounce", "flow/debounce", { account_id: "a", n: 2 })).toMatchObject({
      output: 2,
    });
    await send("flow/batch", { user_id: "u", n: 1 });
    expect(await outcome("batch", "flow/batch", { user_id: "u", n: 2 })).toMatchObject({
      output: [1, 2],
    });
  });
});

describe("the errors of 003", () => {
  test("end at once, or are tried again", async () => {
    expect(await outcome("erring", "errors/start")).toMatchObject({ status: "FAILED" });
    expect(await outcome("careful", "errors/attempt")).toEqual({
      status: "COMPLETED",
      output: "the second way, 2 of 2",
    });
  });

  test("of a step are caught", async () => {
    expect(await outcome("recovering", "errors/recover")).toMatchObject({
      output: "fell back: the risky way failed",
    });
  });

  test("are told to onFailure, and to whoever listens for inngest/function.failed", async () => {
    expect(await outcome("failing", "errors/fail")).toMatchObject({ status: "FAILED" });
    const heard = await waitFor("both to hear of it", async () => {
      const { items } = await api.listRuns({ includeOutput: true });
      const texts = items
        .filter(({ status }) => status === "COMPLETED")
        .map((run) => JSON.stringify(run));
      return texts.some(
        (text) => text.includes("failing-failure") || text.includes("failing (failure)"),
      )
        ? texts.find((text) => text.includes("my-worker-failing: it fails"))
        : undefined;
    });
    expect(heard).toContain("handle-failures");
  });
});

test("a run of 003 is cancelled by the event of its user alone", async () => {
  const eventId = await send("cancel/start", { userId: "u1" });
  await waitFor("the run", async () => (await api.getEventRuns(eventId)).length === 1);
  await send("user/account.deleted", { userId: "u2" });
  await send("user/account.deleted", { userId: "u1" });
  expect((await ended(eventId, "onboarding")).status).toBe("CANCELLED");
  await waitFor("the clean-up", async () => (await runsOf("clean-up")) > 0);
});

test("the middleware of 003 sees events, steps and runs, and hands things in", async () => {
  expect(await outcome("journaled", "middleware/start")).toMatchObject({ output: "hello" });
  expect(samples.middleware.journal).toEqual(["step tell", "step greet", 'run "hello"']);
  const { items } = await api.listEvents({ name: "middleware/told" });
  expect(items).toHaveLength(1);
});

test("the schemas of 003 tell events apart, and check them", async () => {
  expect(await outcome("on-created", "app/post.created", { postId: "p" })).toMatchObject({
    output: "p",
  });
  expect(await outcome("greet", "app/user.created", { userId: "u" })).toMatchObject({
    output: "welcome u",
  });
  expect(await outcome("greet", "app/user.created", { userId: 1 })).toMatchObject({
    status: "FAILED",
  });
});

test("what is published in 003 is heard", async () => {
  const heard: string[] = [];
  const subscription = await samples.realtime.listen("u1", (response) => heard.push(response));
  expect(await samples.realtime.tokenFor("u1")).toMatchObject({ topics: ["ai"] });
  await outcome("answering", "realtime/ask", { userId: "u1" });
  await waitFor("the answer", () => heard.length > 0);
  expect(heard).toEqual(["Hello"]);
  subscription.close();
});
