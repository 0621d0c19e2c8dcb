import { afterEach, expect, test } from "bun:test";
import { probeEngine } from "./probe-engine.ts";

const servers: Bun.Server<undefined>[] = [];

function serve(routes: Record<string, unknown>): string {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const body = routes[new URL(request.url).pathname];
      return body === undefined ? new Response("no", { status: 404 }) : Response.json(body);
    },
  });
  servers.push(server);
  return server.url.origin;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true);
});

test("a real dev server is told by its health and its version by /dev", async () => {
  const url = serve({
    "/health": { status: 200, message: "OK" },
    "/dev": { version: "1.45.1-b8a39c1" },
  });
  expect(await probeEngine(url)).toMatchObject({ kind: "inngest", version: "1.45.1" });
});

test("a real server in persistent mode has no /dev, and so no version", async () => {
  const url = serve({ "/health": { status: 200, message: "OK" } });
  expect(await probeEngine(url)).toMatchObject({ kind: "inngest", version: null });
});

test("the embedded engine says what it is", async () => {
  const url = serve({
    "/health": { status: 200, message: "OK", engine: "embedded", version: "0.1.0", isDev: true },
  });
  expect(await probeEngine(url)).toMatchObject({
    kind: "embedded",
    version: "0.1.0",
    isDev: true,
  });
});

test("another program on the port is no engine", async () => {
  expect(await probeEngine(serve({}))).toMatchObject({ kind: "other" });
  const worker = serve({ "/health": { status: "ok" } });
  expect(await probeEngine(worker)).toMatchObject({ kind: "other" });
});

test("a port where nothing listens has none", async () => {
  const url = serve({});
  await servers.pop()?.stop(true);
  expect(await probeEngine(url)).toEqual({ kind: "none" });
});
