import { describe, expect, test } from "bun:test";
import { hashSigningKey } from "../../protocol/signature.ts";
import { Access, type AccessOptions } from "./access.ts";

const KEY = "signkey-prod-0123456789abcdef0123456789abcdef";
const FALLBACK_KEY = "fedcba9876543210fedcba9876543210";
const EVENT_KEY = "an-event-key";

const options: AccessOptions = {
  eventKeys: [EVENT_KEY, "another"],
  signingKeys: [KEY, FALLBACK_KEY],
  isOpen: false,
  allowedHosts: ["Bus.Tailnet.example"],
  nowMs: () => 0,
};
const open = new Access({ ...options, isOpen: true });
const keyed = new Access(options);

const request = (headers: Record<string, string>, method = "GET", path = "/api/v2/runs") =>
  new Request(`http://127.0.0.1:8288${path}`, { method, headers });

describe("a host (A1)", () => {
  test.each([
    "localhost:8288",
    "127.0.0.1:8288",
    "127.8.8.8",
    "[::1]:8288",
    "192.168.1.20:8288",
    "bus.localhost",
    "LOCALHOST",
    "localhost.:8288",
    "bus.tailnet.example",
    "BUS.tailnet.example:443",
  ])("of %p is ours", (host) => {
    expect(open.findRefusal(request({ host }))).toBeNull();
    expect(open.findEventRefusal(request({ host }, "POST", "/e/k"), "k")).toBeNull();
  });

  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "a b",
    "user@localhost",
    "localhost/x",
  ])("of %p is not", (host) => {
    expect(open.findRefusal(request({ host }))?.code).toBe("HOST_REFUSED");
    expect(open.findEventRefusal(request({ host }, "POST"), "k")?.code).toBe("HOST_REFUSED");
    expect(keyed.findRefusal(request({ host, authorization: `Bearer ${KEY}` }))?.code).toBe(
      "HOST_REFUSED",
    );
  });
});

describe("a change that a page asks for (A2)", () => {
  const host = "127.0.0.1:8288";
  const codeOf = (headers: Record<string, string>, method = "POST") =>
    open.findRefusal(request({ host, ...headers }, method))?.code ?? null;

  test.each([
    [{ origin: "http://127.0.0.1:8288" }, null],
    [{ origin: "https://bus.tailnet.example" }, null],
    [{}, null],
    [{ origin: "http://localhost:3000" }, "ORIGIN_REFUSED"],
    [{ origin: "https://evil.example" }, "ORIGIN_REFUSED"],
    [{ origin: "https://evil.example/http://127.0.0.1:8288" }, "ORIGIN_REFUSED"],
    [{ origin: "null" }, "ORIGIN_REFUSED"],
    [{ "sec-fetch-site": "cross-site" }, "ORIGIN_REFUSED"],
  ])("with %p is answered with %p", (headers, code) => {
    expect<string | null>(codeOf(headers)).toBe(code);
    expect<string | null>(codeOf(headers, "DELETE")).toBe(code);
  });

  test("is refused with the right key, too: a cookie may come with it", () => {
    const headers = { host, origin: "https://evil.example", authorization: `Bearer ${KEY}` };
    expect(keyed.findRefusal(request(headers, "POST"))?.code).toBe("ORIGIN_REFUSED");
  });

  test("is no change when it only reads", () => {
    expect(codeOf({ origin: "https://evil.example" }, "GET")).toBeNull();
  });
});

describe("events from pages (A2)", () => {
  const codeOf = (access: Access, origin: string, key = EVENT_KEY) =>
    access.findEventRefusal(request({ origin }, "POST", "/e/k"), key)?.code ?? null;

  test("are taken from anywhere when they bring the key", () => {
    expect(codeOf(keyed, "https://shop.example")).toBeNull();
  });

  test("are taken from this machine's pages alone while any key is good", () => {
    expect(codeOf(open, "http://localhost:3000", "any")).toBeNull();
    expect(codeOf(open, "https://bus.tailnet.example", "any")).toBeNull();
    expect(codeOf(open, "https://evil.example", "any")).toBe("ORIGIN_REFUSED");
  });
});

describe("keys (A3)", () => {
  const codeOf = (headers: Record<string, string>) =>
    keyed.findRefusal(request(headers))?.code ?? null;

  test.each([
    ["plain", KEY],
    ["without its prefix", "0123456789abcdef0123456789abcdef"],
    ["hashed, as the SDK sends it", hashSigningKey(KEY)],
    ["the fallback", FALLBACK_KEY],
    ["the fallback, hashed", hashSigningKey(FALLBACK_KEY)],
  ])("let in a program that sends the signing key %s", (_, key) => {
    expect(codeOf({ authorization: `Bearer ${key}` })).toBeNull();
  });

  test.each([
    {},
    { authorization: "Bearer undefined" },
    { authorization: KEY },
    { authorization: `Bearer ${EVENT_KEY}` },
    { cookie: "system_bus_session=9999999999.0" },
  ])("keep out one with %p", (headers) => {
    expect(codeOf(headers)).toBe("UNAUTHORIZED");
  });

  test("let in a person who has logged in", () => {
    const [cookie = ""] = keyed.beginSession(false).split(";");
    expect(codeOf({ cookie })).toBeNull();
  });

  test("are not asked for in development", () => {
    expect(open.findRefusal(request({}))).toBeNull();
    expect(open.findEventRefusal(request({}, "POST"), "whatever")).toBeNull();
  });

  test("let nobody in where there are none", () => {
    const locked = new Access({ ...options, signingKeys: [], eventKeys: [] });
    expect(locked.findRefusal(request({ authorization: "Bearer " }))?.code).toBe("UNAUTHORIZED");
    expect(locked.findEventRefusal(request({}, "POST"), "")?.code).toBe("EVENT_KEY_INVALID");
  });

  test.each([
    [EVENT_KEY, null],
    ["another", null],
    ["", "EVENT_KEY_INVALID"],
    [`${EVENT_KEY}x`, "EVENT_KEY_INVALID"],
    [KEY, "EVENT_KEY_INVALID"],
  ])("for events: %p is answered with %p", (key, code) => {
    const refusal = keyed.findEventRefusal(request({}, "POST"), key);
    expect<string | null>(refusal?.code ?? null).toBe(code);
  });
});

describe("the guard", () => {
  test("sends people to the login, and on to where they wanted to go", () => {
    const response = keyed.guard(request({ accept: "text/html,*/*" }, "GET", "/runs/1?tab=steps"));
    expect(response?.status).toBe(303);
    expect(response?.headers.get("location")).toBe("/login?next=%2Fruns%2F1%3Ftab%3Dsteps");
  });

  test("tells programs what to do, with no key in it (A4)", async () => {
    const response = keyed.guard(request({ accept: "application/json" }));
    expect(response?.status).toBe(401);
    expect(response?.headers.get("www-authenticate")).toBe("Bearer");
    const text = (await response?.text()) ?? "";
    expect(text).toContain("Authorization: Bearer");
    expect(text).not.toContain("0123456789abcdef");
  });

  test("lets pass what may pass", () => {
    expect(open.guard(request({ accept: "text/html" }))).toBeNull();
    expect(keyed.guard(request({ authorization: `Bearer ${KEY}` }))).toBeNull();
  });
});
