// An app whose runs wait for an hour, or not at all when RUNS_END is set: the same app at two engines.

import { Inngest } from "inngest";
import { serve } from "inngest/edge";

const inngest = new Inngest({
  id: "demo",
  isDev: true,
  baseUrl: process.env.INNGEST_BASE_URL ?? "",
});
const nap = process.env.RUNS_END ? "1s" : "1h";

const works = inngest.createFunction(
  { id: "works", triggers: [{ event: "demo/go" }], retries: 0 },
  async ({ event, step }) => {
    await step.run("load", () => "loaded");
    if (!process.env.RUNS_END) await step.sleep("nap", nap);
    const { id, ts, data } = event;
    return { id, ts, data };
  },
);

const echoes = inngest.createFunction(
  { id: "echoes", triggers: [{ event: "demo/go" }], retries: 0 },
  async () => "heard",
);

const waits = inngest.createFunction(
  { id: "waits", triggers: [{ event: "demo/wait" }], retries: 0 },
  async ({ step }) => {
    await step.waitForEvent("answer", { event: "demo/answer", timeout: nap });
    await step.sleep("nap", nap);
  },
);

const child = inngest.createFunction(
  { id: "child", triggers: [{ event: "demo/child" }], retries: 0 },
  async ({ step }) => step.sleep("nap", nap),
);

const parent = inngest.createFunction(
  { id: "parent", triggers: [{ event: "demo/parent" }], retries: 0 },
  async ({ step }) => step.invoke("call", { function: child, data: {} }),
);

const gathers = inngest.createFunction(
  {
    id: "gathers",
    triggers: [{ event: "demo/one-of-two" }],
    batchEvents: { maxSize: 2, timeout: "60s" },
    retries: 0,
  },
  async ({ events, step }) => {
    if (!process.env.RUNS_END) await step.sleep("nap", nap);
    return events.length;
  },
);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  fetch: serve({ client: inngest, functions: [works, echoes, waits, child, parent, gathers] }),
});
console.log(server.url.origin);
