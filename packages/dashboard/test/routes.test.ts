import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { dashboardRoutes } from "../src/index.ts";

/** Bun keeps what it bundled, so one server is enough. What no route takes is answered by `fetch`. */
let server: Bun.Server<undefined>;
beforeAll(() => {
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    routes: { ...dashboardRoutes },
    fetch: () => new Response("the engine's", { status: 418 }),
  });
});
afterAll(() => server.stop(true));

const PAGES = [
  "/",
  "/runs",
  "/runs/01M7XX8G6W1DC58JY8SRGZ2ZER",
  "/runs/01M7XX8G6W1DC58JY8SRGZ2ZER/",
  "/functions",
  "/functions/demo/a%2Fb",
  "/events",
  "/events/01M7XX8G26Z39M6Y05EC7VAHVT",
  "/send",
];

const ENGINE_PATHS = [
  "/api/v2/runs",
  "/api/inngest",
  "/v1/events",
  "/v0/gql",
  "/e/key",
  "/dev",
  "/dev/traces",
  "/health",
  "/metrics",
  "/fn/register",
  "/login",
  "/logout",
  "/invoke/a",
];

describe("the page", () => {
  test.each(PAGES)("is served at %s, with all files that it names", async (path) => {
    const { text, assets } = await load(path);
    expect(text).toContain("<title>System Bus</title>");
    expect(assets.map(({ type }) => type).toSorted()).toEqual(["css", "javascript", "svg"]);
    expect(assets.every(({ status }) => status === 200)).toBe(true);
  });

  test("leaves the engine's own paths to the engine", async () => {
    const statuses = ENGINE_PATHS.map(
      async (path) => (await fetch(new URL(path, server.url))).status,
    );
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([418]));
  });

  test("names nothing outside of its own origin, and lets nothing else run", async () => {
    const { text, assets } = await load("/");
    expect(text).not.toMatch(/https?:\/\//);
    expect(text).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    const [styles] = assets.filter(({ type }) => type === "css");
    expect(styles?.text).not.toMatch(/url\(|@import/);
  });

  test("is small: under 64 kB when compressed", async () => {
    const { text, assets } = await load("/");
    const sizes = [text, ...assets.map((asset) => asset.text)].map((one) => gzipSync(one).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(64_000);
  });
});

async function load(path: string) {
  const address = new URL(path, server.url);
  const response = await fetch(address);
  expect(response.status).toBe(200);
  const text = await response.text();
  const names = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name = ""]) => name);
  const assets = await Promise.all(names.map((name) => loadAsset(new URL(name, address))));
  return { text, assets };
}

async function loadAsset(address: URL) {
  const response = await fetch(address);
  const [, type = ""] =
    /\/(css|javascript|svg)/.exec(response.headers.get("content-type") ?? "") ?? [];
  return { status: response.status, type, text: await response.text() };
}
