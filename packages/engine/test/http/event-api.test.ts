import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { EngineError } from "../../src/core/errors.ts";
import { EVENTS_BODY_BYTES_MAX } from "../../src/http/request/request-body.ts";
import { EVENT_KEY, HttpFixture, SIGNING_KEY } from "./fixture.ts";

let http: HttpFixture;
beforeEach(() => {
  http = new HttpFixture();
});
afterEach(() => http.close());

const EVENT = { name: "demo/ok", data: { k: "a" } };

describe("the event API", () => {
  test("takes one event and answers its id", async () => {
    const response = await http.post(`/e/${EVENT_KEY}`, EVENT);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ids: [expect.any(String)], status: 200 });
    expect(http.asked).toEqual([
      { command: "acceptEvents", input: { events: [{ ...EVENT, user: {} }], options: {} } },
    ]);
  });

  test("takes a list and answers an id for each", async () => {
    const response = await http.post("/e/k", [EVENT, EVENT, EVENT]);
    expect(await response.json()).toMatchObject({ ids: { length: 3 }, status: 200 });
  });

  test("hands on the seed of the sender's ids", async () => {
    const seed = `1795226358483,${Buffer.alloc(10, 7).toString("base64")}`;
    await http.post("/e/k", EVENT, { "x-inngest-event-id-seed": seed });
    const idSeed = { ms: 1795226358483, entropy: new Uint8Array(10).fill(7) };
    expect(http.asked[0]?.input).toMatchObject({ options: { idSeed } });
  });

  test.each([
    ["", "no JSON"],
    ["{", "no JSON"],
    ["{}", "event.name"],
    ['[{"name":"a"},{"name":"inngest/function.finished"}]', "events[1].name"],
  ])("refuses %p and stores nothing", async (body, problem) => {
    const response = await http.post("/e/k", body);
    expect(response.status).toBe(400);
    const answer = await response.json();
    expect(answer).toEqual({ ids: [], status: 400, error: expect.stringContaining(problem) });
    expect(http.asked).toEqual([]);
  });

  test("refuses a body that is too large before it reads it", async () => {
    const headers = { "content-length": String(EVENTS_BODY_BYTES_MAX + 1) };
    const response = await http.post("/e/k", EVENT, headers);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ ids: [], error: expect.any(String) });
  });

  test("says that nothing was stored when the disk refused", async () => {
    http.failure = new EngineError("STORAGE_FAILED", "no space left");
    const response = await http.post("/e/k", EVENT);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ids: [], status: 503, error: "no space left" });
  });

  test("lets pages read its answers, and asks no more of them", async () => {
    const preflight = await http.request("/e/k", { method: "OPTIONS" });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("*");
    for (const body of [EVENT, "{"]) {
      const response = await http.post("/e/k", body, { origin: "http://localhost:3000" });
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
    }
  });

  test("wants one of the engine's event keys outside development", async () => {
    const keyed = new HttpFixture({ isOpen: false, signingKeys: [SIGNING_KEY] });
    expect((await keyed.post(`/e/${EVENT_KEY}`, EVENT)).status).toBe(200);
    const refused = await keyed.post("/e/wrong", EVENT);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({ ids: [], status: 401, error: expect.any(String) });
    keyed.close();
  });
});

describe("an unexpected error", () => {
  test("is logged without the event key, and not told to the caller", async () => {
    http.failure = new Error("secret details");
    const response = await http.post("/e/my-secret-key?x=my-secret-key", EVENT);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(http.logged).toHaveLength(1);
    expect(http.logged[0]).toMatchObject({ level: "error", method: "POST", path: "/e/…" });
    expect(JSON.stringify(http.logged)).not.toContain("my-secret-key");
    expect(JSON.stringify(http.logged)).toContain("secret details");
  });

  test("is told in the words of the API that was asked", async () => {
    http.failure = new Error("x");
    const v2 = await http.post("/api/v2/runs/r/cancel");
    expect(await v2.json()).toEqual({
      errors: [{ code: "internal", message: expect.any(String) }],
    });
    const v1 = await http.request("/v1/runs/r", { method: "DELETE" });
    expect(await v1.json()).toEqual({ error: expect.any(String), status: 500 });
  });
});
