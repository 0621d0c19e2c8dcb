import { describe, expect, test } from "bun:test";
import { readRequestHead } from "./request-head.ts";

const read = (...lines: readonly string[]) => readRequestHead(lines.join("\r\n"));

describe("what a client asks a proxy for", () => {
  test.each([
    ["model.example:443", "model.example", 443],
    ["[::1]:8443", "::1", 8443],
  ] as const)("is a tunnel to %s", (authority, host, port) => {
    const { request } = read(`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`);
    expect(request).toEqual({ kind: "tunnel", host, port });
  });

  test("is one plain request, which its server gets as if there were no proxy, and which ends the connection", () => {
    const { request, authorization } = read(
      "POST http://127.0.0.1:9/v1/responses?a=b HTTP/1.1",
      ...["Host: 127.0.0.1:9", "Proxy-Authorization: Basic Zm9v", "Proxy-Connection: keep-alive"],
      ...["Connection: keep-alive", "Content-Length: 2"],
    );
    expect(authorization).toBe("Zm9v");
    expect(request).toEqual({
      ...{ kind: "plain", host: "127.0.0.1", port: 9 },
      head: "POST /v1/responses?a=b HTTP/1.1\r\nHost: 127.0.0.1:9\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
    });
  });

  test("may be another protocol, which has the connection for itself", () => {
    const { request } = read("GET http://h/ HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket");
    expect(request).toMatchObject({
      port: 80,
      head: "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    });
  });

  test.each([
    "GET / HTTP/1.1",
    "GET https://h/ HTTP/1.1",
    "GET file:///etc/passwd HTTP/1.1",
    "CONNECT h HTTP/1.1",
    "CONNECT h:0 HTTP/1.1",
    "CONNECT h:65536 HTTP/1.1",
    "CONNECT user@h:443 x",
    "PRI * HTTP/2.0",
    "",
  ])("is nothing that it can take: %p", (line) => {
    expect(read(line)).toEqual({ request: null, authorization: null });
  });
});
