import { serve } from "@hono/node-server";
import { app } from "./app.ts";
import { readListen, register } from "./listen.ts";

const { hostname, port } = readListen(process.env);
const server = serve({ fetch: app.fetch, hostname, port }, (address) => {
  const origin = `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${address.port}`;
  console.log(`my-worker on ${origin}`);
  void register(origin);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Steps in hand are finished; a second signal ends them.
  process.once(signal, () => server.close(() => process.exit(0)));
}
