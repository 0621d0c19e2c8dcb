// An app with functions that follow from each other, on the real SDK, in a process of its own.

import { Inngest } from "inngest";
import { serve } from "inngest/edge";

const inngest = new Inngest({
  id: "demo",
  isDev: true,
  // The engine's address; without it the SDK would look for one by itself.
  ...(process.env.INNGEST_BASE_URL ? { baseUrl: process.env.INNGEST_BASE_URL } : {}),
});

const first = inngest.createFunction(
  { id: "first", triggers: [{ event: "demo/go" }], retries: 1 },
  async ({ event, step, attempt }) => {
    await step.run("load", () => ({ hello: "there" }));
    await step.run("flaky", () => {
      if (attempt === 0) throw new Error("first try fails");
      return 1;
    });
    await step.sendEvent("emit", { name: "demo/second", data: event.data });
    return "done";
  },
);

const second = inngest.createFunction(
  { id: "second", triggers: [{ event: "demo/second" }], retries: 0 },
  async ({ event, step }) => {
    if (event.data.sleepsFor) await step.sleep("nap", event.data.sleepsFor);
    await step.run("work", async () => {
      if (event.data.hangs) await new Promise(() => {});
      if (event.data.shouldFail) throw new Error("second breaks");
    });
    return { note: "made" };
  },
);

const parent = inngest.createFunction(
  { id: "parent", triggers: [{ event: "demo/parent" }], retries: 0 },
  async ({ event, step }) => {
    await step.run("before", () => "asked");
    return step.invoke("ask", { function: second, data: event.data });
  },
);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  fetch: serve({ client: inngest, functions: [first, second, parent] }),
});
console.log(server.url.origin);
