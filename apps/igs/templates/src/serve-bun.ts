import { app } from "./app.ts";
import { readListen, register } from "./listen.ts";

const server = Bun.serve({
  ...readListen(process.env),
  // Bun ends requests that are silent for ten seconds; a step may take longer than any limit.
  idleTimeout: 0,
  fetch: app.fetch,
});
console.log(`my-worker on ${server.url.origin}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Steps in hand are finished; a second signal ends them.
  process.once(signal, () => void server.stop().then(() => process.exit(0)));
}

await register(server.url.origin);
