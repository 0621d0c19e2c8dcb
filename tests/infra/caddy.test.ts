// infra/caddy with the real Caddy, before a real engine: over http on loopback, where Tailscale's certificates can't be
// had. Everything else is as the file says.

import { expect, test } from "bun:test";
import { request } from "node:http";
import { join } from "node:path";
import { root } from "../checks/repository-copy.ts";
import { findFreePort } from "../harness/free-port.ts";
import { Scratch } from "../harness/scratch.ts";
import { untilTestEnds } from "../harness/until-test-ends.ts";
import { waitFor } from "../harness/wait-for.ts";

const hasCaddy = Bun.which("caddy") !== null;
const caddyfile = join(root, "infra/caddy/Caddyfile");
const igs = join(root, "bin/igs");

const LOGIN = { authorization: `Basic ${btoa("me:right")}` };
/** `caddy hash-password --plaintext right`, with the least work that bcrypt can be asked for. */
const HASH = Bun.password.hashSync("right", { algorithm: "bcrypt", cost: 4 });

async function startEngine(scratch: Scratch): Promise<string> {
  const engine = scratch.spawn([igs, "engine", "--dev", "--port", "0"]);
  const { text } = await engine.waitForLine(/"ok":true/);
  return new URL(JSON.parse(text).result.url).host;
}

async function startCaddy(
  scratch: Scratch,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const site = `http://127.0.0.1:${findFreePort()}`;
  const argv = ["caddy", "run", "--config", caddyfile, "--adapter", "caddyfile"];
  scratch.spawn(argv, { env: { BUS_SITE: site, ...env } });
  const look = () =>
    fetch(`${site}/health`).then(
      () => true,
      () => false,
    );
  await waitFor("Caddy to answer", look);
  return site;
}

/** The status of a path as it stands: `fetch` would put it in order first. */
function askAsIs(site: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(site);
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asked = request({ hostname, port, path }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  asked.on("error", reject).end();
  return promise;
}

test.skipIf(!hasCaddy)(
  "the dashboard wants the login; events with their key, and /health, do not",
  async () => {
    const scratch = untilTestEnds(await Scratch.create());
    const engine = await startEngine(scratch);
    const env = { BUS_LOGIN_NAME: "me", BUS_LOGIN_HASH: HASH, BUS_ENGINE: engine };
    const site = await startCaddy(scratch, env);

    for (const path of [
      "/",
      "/v0/gql",
      "/metrics",
      "/api/v2/runs",
      "/v1/events",
      "/dev",
      "/eve",
      "/healthy",
    ]) {
      expect([path, (await fetch(`${site}${path}`)).status]).toEqual([path, 401]);
    }
    for (const path of [
      "/e/../v0/gql",
      "/e/..%2fv0/gql",
      "/e/%2e%2e/metrics",
      "//metrics",
      "/e//../metrics",
    ]) {
      expect([path, await askAsIs(site, path)]).toEqual([path, 401]);
    }
    expect(
      (await fetch(site, { headers: { authorization: `Basic ${btoa("me:wrong")}` } })).status,
    ).toBe(401);

    const page = await fetch(site, { headers: LOGIN });
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
    expect(page.headers.get("strict-transport-security")).toContain("max-age");
    expect(page.headers.get("server")).toBeNull();

    const event = { method: "POST", body: JSON.stringify({ name: "demo/go" }) };
    expect((await fetch(`${site}/e/key`, event)).status).toBe(200);
    await hearUpdates(site, () => fetch(`${site}/e/key`, event));
  },
);

/** Server-sent events and a WebSocket, both through the login, each hear of an event that is sent meanwhile. */
async function hearUpdates(site: string, send: () => Promise<unknown>): Promise<void> {
  const takeToken = async (): Promise<string> => {
    const response = await fetch(`${site}/v1/realtime/token`, {
      method: "POST",
      headers: { ...LOGIN, "content-type": "application/json" },
      body: JSON.stringify([{ channel: "$engine", name: "$event" }]),
    });
    // As the engine answers this request.
    const { jwt } = (await response.json()) as { readonly jwt: string };
    return jwt;
  };
  const listening = new AbortController();
  const stream = await fetch(`${site}/v1/realtime/sse?token=${await takeToken()}`, {
    headers: LOGIN,
    signal: listening.signal,
  });
  expect(stream.headers.get("content-type")).toContain("text/event-stream");
  const address = `${site.replace("http", "ws")}/v1/realtime/connect?token=${await takeToken()}`;
  // Bun's client takes headers; a browser sends the login that it has asked for.
  const socket = new WebSocket(address, { headers: LOGIN });
  const opened = Promise.withResolvers<void>();
  const heard = Promise.withResolvers<string>();
  socket.onopen = () => opened.resolve();
  socket.onmessage = ({ data }) => heard.resolve(String(data));
  socket.onerror = () => opened.reject(new Error("the WebSocket did not open"));
  await opened.promise;
  await send();
  expect(await heard.promise).toContain("demo/go");
  socket.close();
  expect(await readUntil(stream, "demo/go")).toContain("demo/go");
  listening.abort();
}

test.skipIf(!hasCaddy)("without a name and the hash of a password nobody gets in", async () => {
  const scratch = untilTestEnds(await Scratch.create());
  const site = await startCaddy(scratch, { BUS_ENGINE: "127.0.0.1:1" });
  for (const login of ["", ":", "me:"]) {
    const headers = { authorization: `Basic ${btoa(login)}` };
    expect((await fetch(site, { headers })).status).toBe(401);
  }
  for (const env of [{ BUS_LOGIN_NAME: "me" }, { BUS_LOGIN_NAME: "me", BUS_LOGIN_HASH: "plain" }]) {
    const argv = ["caddy", "validate", "--config", caddyfile, "--adapter", "caddyfile"];
    const child = scratch.spawn(argv, { env: { BUS_SITE: "http://127.0.0.1:1", ...env } });
    expect([env, await child.exited()]).toEqual([env, 1]);
  }
});

test.skipIf(!hasCaddy)(
  "the Caddyfile is valid for a machine of a Tailscale network, and formatted",
  async () => {
    const scratch = untilTestEnds(await Scratch.create());
    const env = { BUS_SITE: "bus.example.ts.net", BUS_LOGIN_NAME: "me", BUS_LOGIN_HASH: HASH };
    const argv = ["caddy", "validate", "--config", caddyfile, "--adapter", "caddyfile"];
    const child = scratch.spawn(argv, { env });
    expect([child.output, await child.exited()]).toEqual(["", 0]);
    expect(await Bun.$`caddy fmt ${caddyfile}`.quiet().text()).toBe(
      await Bun.file(caddyfile).text(),
    );
  },
);

/** A stream that is quiet says so in comments of its own, which may come first. */
async function readUntil(stream: Response, text: string): Promise<string> {
  const decoder = new TextDecoder();
  let heard = "";
  for await (const piece of stream.body ?? []) {
    heard += decoder.decode(piece, { stream: true });
    if (heard.includes(text)) return heard;
  }
  return heard;
}
