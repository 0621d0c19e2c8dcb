// An app of its own on the official SDK, in a process of its own: a function that may not fail once, and
// that says on disk when it was called. Its serve address comes as PORT, the engine's as
// INNGEST_BASE_URL, the file as CALLS_FILE.

import { appendFileSync, existsSync } from "node:fs";
import { Inngest } from "inngest";
import { serve } from "inngest/edge";

const { CALLS_FILE = "", DOOR_FILE = "", INNGEST_BASE_URL = "", PORT = "" } = process.env;

const inngest = new Inngest({ id: "fragile", isDev: true, baseUrl: INNGEST_BASE_URL });

const fragile = inngest.createFunction(
  { id: "fragile", triggers: [{ event: "fragile/go" }], retries: 0 },
  async ({ event, step, attempt }) => {
    const called = await step.run("call", async () => {
      appendFileSync(CALLS_FILE, `${event.data.name} ${attempt}\n`);
      while (existsSync(DOOR_FILE)) await Bun.sleep(20);
      return event.data.name;
    });
    return { called, attempt };
  },
);

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(PORT),
  idleTimeout: 0,
  fetch: serve({ client: inngest, functions: [fragile] }),
});
const answer = await fetch(`http://127.0.0.1:${PORT}/api/inngest`, { method: "PUT" });
console.log(answer.ok ? "registered" : `not registered: ${await answer.text()}`);
