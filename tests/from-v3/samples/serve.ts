// #sample serve
import { Hono } from "hono";
import { serve } from "inngest/hono";
import { inngest } from "./client.ts";
import { processTask } from "./process-task.ts";

const app = new Hono();
app.get("/", (c) => c.json({ status: "running", functions: 1 }));
app.on(
  ["GET", "POST", "PUT"],
  "/api/inngest",
  serve({ client: inngest, functions: [processTask] }),
);

export function start(port = 3111) {
  // idleTimeout: without 0 Bun ends a step that is silent for ten seconds.
  return Bun.serve({ hostname: "127.0.0.1", port, idleTimeout: 0, fetch: app.fetch });
}
// #end
