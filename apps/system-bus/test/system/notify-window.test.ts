// What comes again and again, on the embedded engine with a window of a second: the run that waits is the
// engine's to wake.

import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEngine, startEngine } from "@system-bus/engine";
import { createBusClient } from "@system-bus/events";
import { createInngestApi, type InngestApi } from "@system-bus/inngest-api";
import { readSettings } from "@system-bus/settings";
import { serve } from "inngest/bun";
import { createLogger } from "../../src/logger.ts";
import { createNotifyLedger } from "../../src/system/notify/notify-ledger.ts";
import { createTargets } from "../../src/system/notify/targets/create-targets.ts";
import { notify } from "../../src/system/notify.ts";
import { until } from "./bench.ts";
import { openReceiver, type Receiver } from "./receiver.ts";

setDefaultTimeout(30_000);

let folder: string;
let engine: RunningEngine;
let app: Bun.Server<undefined>;
let api: InngestApi;
let hook: Receiver;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "window-"));
  hook = openReceiver();
  engine = await startEngine({
    ...{ host: "127.0.0.1", port: 0, storage: { kind: "memory" }, isDev: true, eventKeys: [] },
    retryIntervalMs: 20,
  });
  const client = createBusClient({
    ...{ isDev: true, baseUrl: engine.url, logger: createLogger("silent") },
  });
  const env = { NOTIFY_WEBHOOK_URL: hook.url };
  const deps = {
    ...{ fetch, nowMs: Date.now, env: {}, home: folder, folder, platform: "linux", host: "mini" },
    readNotifySettings: () => readSettings({ env, home: folder }).notify,
  };
  const functions = [
    notify(client, {
      ...deps,
      createTargets: (settings) => createTargets(settings, deps),
      ledger: createNotifyLedger(folder, { windowMs: 1_000, perHourMax: 4 }),
    }),
  ];
  app = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: { "/api/inngest": serve({ client, functions }) },
  });
  await fetch(new URL("/api/inngest", app.url), { method: "PUT" });
  api = createInngestApi({ baseUrl: engine.url });
});
afterEach(async () => {
  await app.stop(true);
  await engine.stop(1_000);
  await hook[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const say = (title: string, id?: string) =>
  api.sendEvents([{ name: "system/notify", data: { title }, ...(id === undefined ? {} : { id }) }]);
const told = () =>
  hook.received.map(({ body }): { title: string; count: number } => {
    const { title, count } = JSON.parse(body);
    return { title, count };
  });

test("the same thing within a window is one message now, and one with the count at its end", async () => {
  await say("The disk is full");
  await until("the first", async () => hook.received.length === 1);
  await say("The disk is full");
  await say("The disk is full");
  await say("The disk is full");
  await until("the count", async () => hook.received.length === 2);
  expect(told()).toEqual([
    { title: "The disk is full", count: 1 },
    { title: "3 times more: The disk is full", count: 3 },
  ]);
});

test("a step that is done again sends nothing to whom it has reached", async () => {
  // The first answer is lost on its way: the engine tries again, and so may reach the hook twice. It is the
  // same message to it, by its id.
  hook.answerNext(() => new Response("broken", { status: 502 }));
  await say("Once", "an-event");
  await until("the second try", async () => hook.received.length === 2);
  const ids = hook.received.map(({ headers }) => headers["webhook-id"]);
  expect(new Set(ids).size).toBe(1);
  await say("Once", "an-event");
  const { items } = await api.listRuns({});
  expect(items).toHaveLength(1);
  await until("its end", async () => (await api.listRuns({})).items[0]?.status === "COMPLETED");
  await api.rerun(items[0]?.id ?? "");
  await until("the rerun", async () => {
    const runs = (await api.listRuns({})).items;
    return runs.length === 2 && runs.every(({ status }) => status === "COMPLETED");
  });
  expect(hook.received).toHaveLength(2);
});

test("a ledger that can't be written keeps nobody from being told, and from being told once", async () => {
  await mkdir(join(folder, "notify.json"));
  await say("The disk is full");
  const [run] = await until("its end", async () => {
    const { items } = await api.listRuns({ functionId: ["notify"] });
    return items.some(({ endedAt }) => endedAt !== undefined) && items;
  });
  expect(run?.status).toBe("COMPLETED");
  expect(told()).toEqual([{ title: "The disk is full", count: 1 }]);
});
