// The embedded engine in memory with an app of the official SDK: nothing stands in for anything.

import { type EngineOptions, type RunningEngine, startEngine } from "@system-bus/engine";
import { Inngest } from "inngest";
import { serve } from "inngest/bun";
import { dashboardRoutes } from "../src/index.ts";

export interface EngineWithApp {
  readonly url: string;
  stop(): Promise<void>;
}

/** Markup that would run if anything on the page were drawn as markup. */
export const MARKUP = "<img src=x onerror=\"document.title='taken over'\"><b>bold</b>";

const OPTIONS = {
  host: "127.0.0.1",
  port: 0,
  storage: { kind: "memory" },
  isDev: true,
  eventKeys: [],
  retryIntervalMs: 100,
  pages: dashboardRoutes,
} satisfies EngineOptions;

export const SIGNING_KEY = "0123456789abcdef".repeat(4);

/** Wants its signing key of everyone who comes; no app is connected. */
export function startLockedEngine(): Promise<RunningEngine> {
  const keys = { eventKeys: ["event-key"], signingKey: SIGNING_KEY };
  return startEngine({ ...OPTIONS, ...keys, isDev: false });
}

export async function startEngineWithApp(): Promise<EngineWithApp> {
  const engine = await startEngine(OPTIONS);
  const app = serveApp(engine);
  const synced = await fetch(new URL("/api/inngest", app.url), { method: "PUT" });
  if (!synced.ok) throw new Error(`the app was not registered: ${await synced.text()}`);
  return {
    url: engine.url,
    stop: async () => {
      await app.stop(true);
      await engine.stop();
    },
  };
}

function serveApp(engine: RunningEngine) {
  const client = new Inngest({ id: "talks", isDev: true, baseUrl: engine.url, logger: silent });
  return Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    routes: { "/api/inngest": serve({ client, functions: createFunctions(client) }) },
  });
}

function createFunctions(client: Inngest) {
  let fetchCount = 0;
  return [
    client.createFunction(
      { id: "fetch-talk", triggers: [{ event: "talk/found" }], retries: 2 },
      async ({ event, step }) => {
        await step.run("fetch", () => {
          fetchCount += 1;
          if (fetchCount === 1) throw new Error("the line was cut");
          return { bytes: 4_096 };
        });
        await step.run("read-captions", () => Array.from({ length: 400 }, (_, line) => ({ line })));
        return { title: `${event.data["title"]} ${MARKUP}` };
      },
    ),
    client.createFunction({ id: "ask", triggers: [{ event: "talk/asked" }] }, async ({ step }) => {
      await step.ai.wrap("ask-model", async () => ({
        model: "gpt-5.4-nano",
        text: MARKUP,
        usage: { prompt_tokens: 1_800, completion_tokens: 39 },
      }));
    }),
    client.createFunction(
      { id: "await-approval", triggers: [{ event: "talk/review" }, { cron: "0 5 * * *" }] },
      async ({ step }) => step.waitForEvent("approval", { event: "talk/approved", timeout: "1h" }),
    ),
    client.createFunction(
      { id: "refuse", triggers: [{ event: "talk/refused" }], retries: 0 },
      async ({ step }) =>
        step.run("refuse", () => {
          throw new Error(`refused ${MARKUP}`);
        }),
    ),
  ];
}

/** Steps fail on purpose here. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };
