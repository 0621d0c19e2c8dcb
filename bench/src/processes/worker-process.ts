// The official SDK, serving two functions, in a process of its own: `bun worker-process.ts ENGINE_URL PORT`.

import { Hono } from "hono";
import { Inngest } from "inngest";
import { serve } from "inngest/hono";
import pino from "pino";
import { endWithParent } from "./end-with-parent.ts";
import type { WorkerMessage } from "./messages.ts";

const [engineUrl = "", port = "0"] = process.argv.slice(2);
endWithParent();

const inngest = new Inngest({
  id: "bench",
  isDev: true,
  baseUrl: engineUrl,
  // Has a flush(), without which the SDK waits a timer's tick in each request.
  logger: pino({ level: "error" }),
});

function createStepsFunction(id: string, stepCount: number) {
  return inngest.createFunction({ id, triggers: [{ event: `bench/${id}` }] }, async ({ step }) => {
    for (let index = 0; index < stepCount; index += 1) await step.run(`step-${index}`, () => index);
  });
}

const functions = [createStepsFunction("one-step", 1), createStepsFunction("ten-steps", 10)];
const app = new Hono();
app.on(["GET", "POST", "PUT"], "/api/inngest", serve({ client: inngest, functions }));
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  idleTimeout: 0,
  fetch: app.fetch,
});
const message: WorkerMessage = { kind: "ready", url: `${server.url}api/inngest` };
process.send?.(message);
