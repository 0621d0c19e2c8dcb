// A backup over HTTP, from a real server: who may have one, and what becomes of one that is given up.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningEngine, startEngine } from "../../src/start-engine.ts";

const SIGNING_KEY = "ab".repeat(32);
const authorized = { headers: { authorization: `Bearer ${SIGNING_KEY}` } };

let path: string;
let engine: RunningEngine;

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), "engine-upkeep-"));
  engine = await startEngine({
    host: "127.0.0.1",
    port: 0,
    storage: { kind: "directory", path },
    isDev: false,
    eventKeys: ["event-key"],
    signingKey: SIGNING_KEY,
  });
});
afterEach(async () => {
  await engine.stop();
  rmSync(path, { recursive: true });
});

const ask = (what: string, init: RequestInit = authorized) =>
  fetch(`${engine.url}/api/engine/${what}`, { method: "POST", ...init });

const send = (data: unknown) =>
  fetch(`${engine.url}/e/event-key`, {
    method: "POST",
    body: JSON.stringify({ name: "go", data }),
  });

test("is for who has the signing key, and asked for by POST only", async () => {
  for (const what of ["backup", "compact"]) {
    expect((await ask(what, {})).status).toBe(401);
    expect((await ask(what, { headers: { authorization: "Bearer event-key" } })).status).toBe(401);
    const cross = { ...authorized.headers, origin: "http://evil.test" };
    expect((await ask(what, { headers: cross })).status).toBe(403);
    const got = await fetch(`${engine.url}/api/engine/${what}`, authorized);
    expect(got.status).toBe(404);
  }
});

test("says how long it is and whose, and is as long as it says", async () => {
  const response = await ask("backup");
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(bytes.length).toBe(Number(response.headers.get("x-backup-bytes")));
  expect(decodeURIComponent(response.headers.get("x-data-folder") ?? "")).toBe(realpathSync(path));
  expect(new TextDecoder().decode(bytes.subarray(0, 15))).toBe("SQLite format 3");
});

test("that its reader gives up makes room for the next one", async () => {
  for (let index = 0; index < 200; index += 1) await send({ text: "x".repeat(100_000) });
  const stopping = new AbortController();
  const first = await ask("backup", { ...authorized, signal: stopping.signal });
  const second = await ask("backup");
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ error: expect.stringContaining("being made") });
  expect((await ask("compact")).status).toBe(409);
  stopping.abort();
  await first.arrayBuffer().catch(() => {});
  let status = 409;
  for (let tries = 0; status === 409 && tries < 200; tries += 1) {
    const third = await ask("backup");
    status = third.status;
    await third.arrayBuffer();
  }
  expect(status).toBe(200);
}, 20_000);
