// The official SDK, serving the functions of the kill campaign and writing down what they do:
// `bun witness-worker-process.ts ENGINE_URL PORT DIR`.

import { join } from "node:path";
import { Hono } from "hono";
import { Inngest } from "inngest";
import { serve } from "inngest/hono";
import pino from "pino";
import { APP_ID, createKillFunctions } from "../campaigns/kills/functions.ts";
import { WITNESS_FILE, Witness } from "../campaigns/kills/witness.ts";
import { endWithParent } from "./end-with-parent.ts";
import type { WorkerMessage } from "./messages.ts";

const [engineUrl = "", port = "0", directory = ""] = process.argv.slice(2);
const tell = (message: WorkerMessage) => process.send?.(message);
endWithParent();

const client = new Inngest({
  id: APP_ID,
  isDev: true,
  baseUrl: engineUrl,
  // Every kill makes it complain of a refused connection.
  logger: pino({ level: "silent" }),
});
const witness = new Witness(join(directory, WITNESS_FILE), tell);
const app = new Hono();
const functions = createKillFunctions(client, witness);
app.on(["GET", "POST", "PUT"], "/api/inngest", serve({ client, functions }));
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  idleTimeout: 0,
  fetch: (request) => witness.hear(request, async (heard) => app.fetch(heard)),
});
tell({ kind: "ready", url: `${server.url}api/inngest` });
