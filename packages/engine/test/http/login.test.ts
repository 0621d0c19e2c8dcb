import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { EVENT_KEY, HttpFixture, SIGNING_KEY } from "./fixture.ts";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture({ isOpen: false, signingKeys: [SIGNING_KEY] }, { isDev: false });
});
afterEach(() => http.close());

const FORM = { "content-type": "application/x-www-form-urlencoded", origin: "http://localhost" };
const logIn = (key: string, next = "/runs") =>
  http.post("/login", new URLSearchParams({ key, next }).toString(), FORM);

describe("an engine with keys", () => {
  test.each([
    ["GET", "/api/v2/runs"],
    ["GET", "/api/v2/health"],
    ["GET", "/v1/events"],
    ["GET", "/v0/runs/r/actions"],
    ["GET", "/dev"],
    ["GET", "/"],
    ["GET", "/no/such/path"],
    ["POST", "/v0/gql"],
    ["POST", "/fn/register"],
    ["POST", "/invoke/demo-ok"],
    ["POST", "/api/v2/events"],
    ["DELETE", "/fn/remove?url=x"],
    ["DELETE", "/v1/runs/r"],
  ])("keeps %s %s to those who have the signing key", async (method, path) => {
    expect((await http.request(path, { method })).status).toBe(401);
    const headers = { authorization: `Bearer ${SIGNING_KEY}` };
    expect((await http.request(path, { method, headers })).status).not.toBe(401);
  });

  test("keeps every route there is to those who have the signing key, but for the open ones", async () => {
    const open = new Set(["POST /e/:key", "OPTIONS /e/:key", "GET /health"]);
    const people = new Set(["GET /login", "POST /login", "POST /logout"]);
    const routes = http.app.routes.filter(({ method }) => method !== "ALL");
    expect(routes.length).toBeGreaterThan(25);
    for (const { method, path } of routes) {
      const name = `${method} ${path}`;
      if (open.has(name) || people.has(name)) continue;
      const { status } = await http.request(path.replaceAll(/:\w+/g, "x"), { method });
      expect({ name, status }).toEqual({ name, status: 401 });
    }
  });

  test("says so in the words of each API", async () => {
    const v2 = await http.request("/api/v2/runs");
    expect(await v2.json()).toEqual({
      errors: [{ code: "unauthorized", message: expect.any(String) }],
    });
    const v1 = await http.request("/v1/events");
    expect(await v1.json()).toEqual({ error: expect.any(String), status: 401 });
  });

  test("tells everyone that it is well", async () => {
    const response = await http.request("/health", { headers: { host: "10.1.2.3:8288" } });
    expect(await response.json()).toMatchObject({ status: 200, message: "OK" });
  });

  test("takes no event key for the signing key", async () => {
    const headers = { authorization: `Bearer ${EVENT_KEY}` };
    expect((await http.request("/api/v2/runs", { headers })).status).toBe(401);
  });
});

describe("the login", () => {
  test("sends browsers to its form and answers it with a page of no script", async () => {
    const page = await http.request("/runs", { headers: { accept: "text/html" } });
    expect(page.headers.get("location")).toBe("/login?next=%2Fruns");
    const form = await http.request("/login?next=%2Fruns");
    expect(form.headers.get("content-type")).toContain("text/html");
    expect(form.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    const html = await form.text();
    expect(html).toContain('name="next" value="/runs"');
    expect(html).not.toContain("<script");
  });

  test("gives a cookie for the signing key, and the cookie opens everything", async () => {
    const response = await logIn(SIGNING_KEY);
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/runs");
    const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
    expect((await http.request("/api/v2/runs", { headers: { cookie } })).status).toBe(200);
    const write = { method: "DELETE", headers: { cookie, origin: "http://localhost" } };
    expect((await http.request("/v1/runs/r", write)).status).toBe(204);
    const forged = { method: "DELETE", headers: { cookie, origin: "https://evil.example" } };
    expect((await http.request("/v1/runs/r", forged)).status).toBe(403);
  });

  test("gives none for anything else", async () => {
    for (const key of ["", "wrong", EVENT_KEY]) {
      const response = await logIn(key);
      expect(response.status).toBe(401);
      expect(response.headers.get("set-cookie")).toBeNull();
      expect(await response.text()).toContain("not the engine&#39;s signing key");
    }
  });

  test("looks at ten wrong keys, then at one every six seconds, and at no right one meanwhile", async () => {
    for (let guess = 0; guess < 10; guess += 1) expect((await logIn("wrong")).status).toBe(401);
    const held = await logIn(SIGNING_KEY);
    expect(held.status).toBe(429);
    expect(held.headers.get("retry-after")).toBe("6");
    expect(held.headers.get("set-cookie")).toBeNull();
    expect(await held.text()).toContain("Too many wrong keys");

    http.nowMs += 6_000;
    expect((await logIn("wrong")).status).toBe(401);
    expect((await logIn("wrong")).status).toBe(429);
    http.nowMs += 6_000;
    expect((await logIn(SIGNING_KEY)).status).toBe(303);
    expect((await logIn(SIGNING_KEY)).status).toBe(303);
  });

  test("holds up no program that has the key", async () => {
    for (let guess = 0; guess < 20; guess += 1) await logIn("wrong");
    const headers = { authorization: `Bearer ${SIGNING_KEY}` };
    expect((await http.request("/api/v2/runs", { headers })).status).toBe(200);
  });

  test.each(["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a b", ""])(
    "goes on to nobody else's %p",
    async (next) => {
      expect((await logIn(SIGNING_KEY, next)).headers.get("location")).toBe("/");
    },
  );

  test("puts nothing into its page that could be markup", async () => {
    const form = await http.request(`/login?next=${encodeURIComponent('/"><b>')}`);
    expect(await form.text()).not.toContain("<b>");
  });

  test("is not open to pages of others, nor to names that are not ours", async () => {
    const body = new URLSearchParams({ key: SIGNING_KEY }).toString();
    const foreign = await http.post("/login", body, { ...FORM, origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
    const rebound = await http.request("/login", { headers: { host: "evil.example" } });
    expect(rebound.status).toBe(403);
  });

  test("ends with the logout", async () => {
    const response = await http.post("/logout", undefined, { origin: "http://localhost" });
    expect(response.headers.get("set-cookie")).toContain("Max-Age=0");
    expect(response.headers.get("location")).toBe("/login");
  });

  test("marks its cookie for https alone when it was reached so", async () => {
    const body = new URLSearchParams({ key: SIGNING_KEY }).toString();
    const response = await http.post("/login", body, { ...FORM, "x-forwarded-proto": "https" });
    expect(response.headers.get("set-cookie")).toEndWith("; Secure");
  });

  test("is skipped in development", async () => {
    const open = new HttpFixture();
    const response = await open.request("/login?next=/runs");
    expect(response.headers.get("location")).toBe("/runs");
    open.close();
  });
});

describe("an answer with people's payloads", () => {
  test("is kept in no cache, framed by nobody and sniffed by no browser", async () => {
    const open = new HttpFixture();
    for (const path of ["/api/v2/runs", "/api/v2/runs/none", "/v1/events", "/nothing"]) {
      const { headers } = await open.request(path);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
    open.close();
  });
});
