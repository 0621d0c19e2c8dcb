// Following on the embedded engine by its updates alone: time never passes here, so that every look but
// the first is one that the engine asked for.

import { afterEach, describe, expect, test } from "bun:test";
import { type RunningEngine, startEngine } from "@system-bus/engine";
import { createInngestApi, createUpdateFeed } from "@system-bus/inngest-api";
import { Inngest } from "inngest";
import { serve } from "inngest/bun";
import type { Clock } from "../src/clock.ts";
import { Chain } from "../src/follow/chain.ts";
import { type FollowChange, followChain } from "../src/follow/follow-chain.ts";

const SIGNING_KEY = "0123456789abcdef".repeat(4);
const EVENT_KEY = "event-key";

let engine: RunningEngine;
let stopApp: () => Promise<void>;
afterEach(async () => {
  await stopApp();
  await engine.stop();
});

/** Sleeps end when they are woken; the short rest before a look is none that anything waits for. */
const standingClock: Clock = {
  nowMs: () => 0,
  sleepMs: (durationMs, signal) =>
    durationMs < 100
      ? Promise.resolve()
      : new Promise((resolve) => {
          if (signal.aborted) resolve();
          signal.addEventListener("abort", () => resolve());
        }),
};

async function startAll(signingKey?: string): Promise<void> {
  const keys = signingKey === undefined ? {} : { signingKey };
  const isDev = signingKey === undefined;
  engine = await startEngine({
    host: "127.0.0.1",
    port: 0,
    storage: { kind: "memory" },
    eventKeys: [EVENT_KEY],
    isDev,
    ...keys,
  });
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const client = new Inngest({ id: "app", baseUrl: engine.url, isDev, logger: silent, ...keys });
  const approve = client.createFunction(
    { id: "approve", triggers: [{ event: "asked" }] },
    async ({ step }) => {
      await step.run("read", () => "read");
      await step.waitForEvent("answer", { event: "answered", timeout: "1h" });
      return "approved";
    },
  );
  const app = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: { "/api/inngest": serve({ client, functions: [approve] }) },
  });
  stopApp = () => app.stop(true);
  const synced = await fetch(new URL("/api/inngest", app.url), { method: "PUT" });
  if (!synced.ok) throw new Error(`the app was not registered: ${await synced.text()}`);
}

describe.each([
  ["without keys", undefined],
  ["with keys", SIGNING_KEY],
] as const)("on the embedded engine %s", (_, signingKey) => {
  test("a chain is followed from update to update to its end", async () => {
    await startAll(signingKey);
    const connection = { baseUrl: engine.url, signingKey };
    const api = createInngestApi({ ...connection, eventKey: EVENT_KEY });
    const chain = new Chain(await api.sendEvents([{ name: "asked" }]), 0);
    const changes: string[] = [];
    let hasAnswered = false;
    const tell = (change: FollowChange) => {
      changes.push("step" in change ? `${change.type} ${change.step.name}` : change.type);
    };
    await followChain({
      api,
      updates: createUpdateFeed(connection),
      chain,
      clock: standingClock,
      signal: AbortSignal.timeout(20_000),
      tell,
      async afterLook() {
        if (hasAnswered || !changes.includes("step-started answer")) return;
        hasAnswered = true;
        await api.sendEvents([{ name: "answered" }]);
      },
    });
    expect(chain.hasEnded).toBe(true);
    expect(changes).toEqual([
      "event",
      "run-started",
      "step-ended read",
      "step-started answer",
      "step-ended answer",
      "run-ended",
    ]);
  });
});
