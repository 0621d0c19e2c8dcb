// The gate between an agent and its model: a proxy on loopback, in the agent's watcher.
//
//   G1. Nothing that the agent sends is passed on before the watcher has read what the agent has written up
//       to that moment, and nothing once a cap is reached. So a call of the model that begins after the cap
//       has been told of never reaches it, however busy the machine is.
//   G2. It looks into nothing: TLS stays between agent and model.
//   G3. Only the agent and its tools can use it: it wants the word that their environment has.
//   G4. It goes the way that the machine's own proxy settings name.

import { randomBytes } from "node:crypto";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Environment } from "../../agent.ts";
import {
  isDirect,
  type ParentProxy,
  type ProxySettings,
  readProxySettings,
} from "./parent-proxy.ts";
import { type ProxyRequest, readRequestHead } from "./request-head.ts";

export interface Gate {
  /** The proxy variables of whoever has to go through it. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

export interface GateOptions {
  /** Asked for each piece that the agent sends. From the first no on, it is always no. */
  readonly mayPass: () => boolean;
  /** The agent's, without the gate. */
  readonly env: Environment;
}

const HEAD_MAX_BYTES = 64 * 1024;
const HEAD_MAX_MS = 30_000;
const HEAD_END = Buffer.from("\r\n\r\n");

/** Null where the way out is one that it can't go: a proxy of another kind. The agent goes it alone then. */
export async function openGate({ mayPass, env }: GateOptions): Promise<Gate | null> {
  const settings = readProxySettings(env);
  if (settings === null) return null;
  const password = randomBytes(16).toString("hex");
  const door: Door = {
    ...{ mayPass, settings },
    authorization: Buffer.from(`agent:${password}`).toString("base64"),
  };
  const server = createServer({ allowHalfOpen: true }, (client) => receive(client, door));
  const port = await listen(server);
  const url = `http://agent:${password}@127.0.0.1:${port}`;
  return {
    environment: {
      ...{ HTTP_PROXY: url, HTTPS_PROXY: url, ALL_PROXY: url, NO_PROXY: "" },
      ...{ http_proxy: url, https_proxy: url, all_proxy: url, no_proxy: "" },
    },
    close: () => void server.close(),
  };
}

interface Door {
  readonly mayPass: () => boolean;
  readonly settings: ProxySettings;
  readonly authorization: string;
}

function listen(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen({ host: "127.0.0.1", port: 0 }, () => {
    const address = server.address();
    if (address === null || typeof address === "string")
      reject(new Error("broken promise: a port"));
    else resolve(address.port);
  });
  return promise;
}

/** Reads the head of the one request that a connection has. */
function receive(client: Socket, door: Door): void {
  let received = Buffer.alloc(0);
  client.on("error", () => client.destroy());
  client.setTimeout(HEAD_MAX_MS, () => client.destroy());
  client.on("data", function take(piece: Buffer) {
    received = Buffer.concat([received, piece]);
    const endsAt = received.indexOf(HEAD_END);
    if (endsAt < 0) {
      if (received.length > HEAD_MAX_BYTES) refuse(client, "431 Request Header Fields Too Large");
      return;
    }
    client.off("data", take);
    client.pause();
    client.setTimeout(0);
    const head = readRequestHead(received.toString("latin1", 0, endsAt));
    const rest = received.subarray(endsAt + HEAD_END.length);
    if (head.authorization !== door.authorization) {
      refuse(
        client,
        "407 Proxy Authentication Required",
        'Proxy-Authenticate: Basic realm="agent"',
      );
    } else if (head.request === null) refuse(client, "400 Bad Request");
    else if (!door.mayPass()) client.destroy();
    else passOn(client, head.request, rest, door);
  });
}

function refuse(client: Socket, status: string, ...headers: readonly string[]): void {
  const lines = [`HTTP/1.1 ${status}`, ...headers, "Content-Length: 0", "Connection: close"];
  client.end(`${lines.join("\r\n")}\r\n\r\n`);
}

function passOn(client: Socket, request: ProxyRequest, rest: Buffer, door: Door): void {
  const { settings, mayPass } = door;
  const isTunnel = request.kind === "tunnel";
  const { host, port } = request;
  const parent = isDirect(settings, host, port)
    ? null
    : isTunnel
      ? settings.tunnel
      : settings.plain;
  const server = connect({ ...(parent ?? { host, port }), allowHalfOpen: true });
  let isThere = false;
  server.on("error", () => {
    if (isThere) client.destroy();
    else refuse(client, "502 Bad Gateway");
    server.destroy();
  });
  server.once("connect", () => {
    isThere = true;
    server.setNoDelay(true);
    client.setNoDelay(true);
    server.write(openingOf(request, parent));
    // A proxy before us answers for itself.
    if (isTunnel && parent === null) client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (rest.length > 0) server.write(rest);
    join(client, server, mayPass);
    join(server, client, () => true);
  });
  client.on("close", () => server.destroy());
}

/** What comes first on the way to the server, or to the proxy before us. */
function openingOf(request: ProxyRequest, parent: ParentProxy | null): string {
  if (request.kind === "plain" && parent === null) return request.head;
  if (parent === null) return "";
  const authorization =
    parent.authorization === null ? "" : `Proxy-Authorization: Basic ${parent.authorization}\r\n`;
  const host = request.host.includes(":") ? `[${request.host}]` : request.host;
  const authority = `${host}:${request.port}`;
  if (request.kind === "tunnel") {
    return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`;
  }
  const [method = "", path = "", ...others] = request.head.split(" ");
  return [method, `http://${authority}${path}`, ...others]
    .join(" ")
    .replace("\r\n", `\r\n${authorization}`);
}

/** One direction, no quicker than it is taken. */
function join(from: Socket, to: Socket, mayPass: () => boolean): void {
  from.on("data", (piece: Buffer) => {
    if (!mayPass()) {
      from.destroy();
      to.destroy();
    } else if (!to.write(piece)) {
      from.pause();
      to.once("drain", () => from.resume());
    }
  });
  from.on("end", () => to.end());
  from.on("close", (isBroken: boolean) => {
    if (isBroken) to.destroy();
  });
  from.resume();
}
