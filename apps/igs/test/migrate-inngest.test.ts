// igs migrate from and to Inngest's own server, by what the 1.45 line answered when it was recorded
// (`inngest start`, keys set): only documented routes are asked, with the keys that each side has.

import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MigrateFlags, migrate } from "../src/actions/migrate.ts";
import { runAsProgram } from "./quiet-context.ts";

const RUN = "01M7XX8G6Y82X1J22S5Y001BFP";
const EVENT = "01M7XX8G2WA5PZNWB05HM2NTJ3";
const FUNCTION_PATH = "/api/v2/apps/demo/functions";

const slowRun = {
  app: { id: "demo" },
  function: { id: "slow", name: "slow" },
  id: RUN,
  queuedAt: "2026-11-21T01:59:13.886Z",
  startedAt: "2026-11-21T01:59:13.890748647Z",
  status: "RUNNING",
  trigger: { eventIds: [EVENT] },
};
const slowEvent = {
  internal_id: EVENT,
  account_id: "00000000-0000-0000-0000-000000000000",
  environment_id: "00000000-0000-0000-0000-000000000000",
  source: "",
  source_id: null,
  received_at: "2026-11-21T01:59:13.881817038Z",
  id: EVENT,
  name: "demo/slow",
  data: { k: "a" },
  ts: 1795226353733,
};
const slowFunction = {
  app: { id: "demo" },
  configuration: {
    concurrency: [{ limit: { isPlanLimit: true, value: -1 }, scope: "ACCOUNT" }],
    retries: { isDefault: true, value: 4 },
  },
  id: "slow",
  name: "slow",
  slug: "slow",
  triggers: [
    { type: "EVENT", value: "demo/slow" },
    { type: "CRON", value: "0 5 * * *" },
  ],
};
const rootSpan = {
  id: "1",
  name: "slow",
  status: "RUNNING",
  children: [
    { id: "2", name: "load", status: "COMPLETED", stepOp: "RUN", stepId: "5dbc" },
    { id: "3", name: "nap", status: "RUNNING", stepOp: "SLEEP", stepId: "6aef" },
  ],
};
const metadata = { fetchedAt: "…" };

const item = (data: unknown) => Response.json({ data, metadata });
const list = (data: readonly unknown[]) => Response.json({ data, metadata, page: { limit: 20 } });
interface Keys {
  readonly eventKey: string;
  readonly signingKey: string;
}

class RecordedInngest {
  readonly asked: string[] = [];
  readonly sent: unknown[] = [];
  readonly #server: Bun.Server<undefined>;

  constructor(keys: Keys, hasRun: boolean) {
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => this.#answer(request, keys, hasRun),
    });
  }

  get url(): string {
    return this.#server.url.origin;
  }

  stop(): Promise<void> {
    return this.#server.stop(true);
  }

  async #answer(request: Request, keys: Keys, hasRun: boolean): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === `/e/${keys.eventKey}`) {
      this.sent.push(await request.json());
      return Response.json({ ids: ["01M7XX8TV1KVG5ZZMJ8CRP7M2N"], status: 200 });
    }
    if (request.headers.get("authorization") !== `Bearer ${keys.signingKey}`) {
      const errors = [{ code: "unauthenticated", message: "Authentication failed" }];
      return Response.json({ errors }, { status: 401 });
    }
    this.asked.push(`${request.method} ${pathname}`);
    if (pathname === "/api/v2/apps") return list([{ id: "demo", name: "demo", functionCount: 1 }]);
    if (pathname === FUNCTION_PATH) return list([slowFunction]);
    // What it says of an event that it doesn't know was not recorded: the worst that it could.
    if (!hasRun) return Response.json({ error: "Unable to query event" }, { status: 500 });
    if (pathname === "/api/v2/runs") return list([slowRun]);
    if (pathname === `/api/v2/runs/${RUN}`) return item(slowRun);
    if (pathname === `/api/v2/runs/${RUN}/trace`) return item({ rootSpan });
    if (pathname === `/api/v2/runs/${RUN}/cancel`) return item({ runId: RUN });
    if (pathname === `/v1/events/${EVENT}`) return item(slowEvent);
    if (pathname === `/api/v2/events/${EVENT}/runs`) return list([slowRun]);
    return new Response("404 page not found\n", { status: 404 });
  }
}

const SOURCE_KEYS = { eventKey: "source-event-key", signingKey: "0123456789abcdef" };
const TARGET_KEYS = { eventKey: "target-event-key", signingKey: "fedcba9876543210" };

let home: string;
let source: RecordedInngest;
let target: RecordedInngest;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "igs-test-"));
  source = new RecordedInngest(SOURCE_KEYS, true);
  target = new RecordedInngest(TARGET_KEYS, false);
  const { eventKey, signingKey } = TARGET_KEYS;
  const lines = `INNGEST_EVENT_KEY=${eventKey}\nINNGEST_SIGNING_KEY=${signingKey}\n`;
  await Bun.write(join(home, ".env.inngest"), lines);
});
afterEach(async () => {
  await Promise.all([source.stop(), target.stop()]);
  await rm(home, { recursive: true, force: true });
});

const runMigrate = (flags: Partial<MigrateFlags>) =>
  runAsProgram(
    {
      home,
      env: {
        INNGEST_BASE_URL: source.url,
        INNGEST_EVENT_KEY: SOURCE_KEYS.eventKey,
        INNGEST_SIGNING_KEY: SOURCE_KEYS.signingKey,
      },
    },
    (context) => migrate.call(context, { to: target.url, ...flags }),
  );

test("a run is moved over the documented API, and cancelled after its event has arrived", async () => {
  const { envelope, lines, text } = await runMigrate({
    toKeys: ".env.inngest",
    yes: true,
    cancelSource: true,
  });
  expect(envelope).toMatchObject({ ok: true, result: { sent: 1, cancelled: 1 } });
  expect(lines[0]).toMatchObject({ moving: [{ doneSteps: ["load"], openWaits: ["nap"] }] });
  const { id, name, data, ts } = slowEvent;
  expect(target.sent).toEqual([[{ id, name, data, ts }]]);
  expect(source.asked.at(-1)).toBe(`POST /api/v2/runs/${RUN}/cancel`);
  expect(text).not.toMatch(/event-key|0123456789abcdef|fedcba9876543210/);
});

test("with the source's keys a target that has others refuses, and nothing is sent", async () => {
  const { envelope, exitCode } = await runMigrate({ yes: true });
  expect(exitCode).toBe(1);
  expect(envelope).toMatchObject({ error: { code: "unauthorized" } });
  expect(target.sent).toEqual([]);
});

test("keys never go to another machine unless a file says so", async () => {
  const { envelope, exitCode } = await runMigrate({
    to: "http://nas.example.test:8288",
    yes: true,
  });
  expect(exitCode).toBe(2);
  expect(envelope).toMatchObject({
    error: { code: "usage", message: expect.stringContaining("which keys does it have") },
    fix: expect.stringContaining("--to-keys"),
  });
  expect((await runMigrate({ toKeys: "nowhere" })).envelope).toMatchObject({
    error: { code: "usage", message: expect.stringContaining("ENOENT") },
  });
});

test("a target that does not answer ends with 3 before the runs are looked at", async () => {
  await target.stop();
  const { envelope, exitCode } = await runMigrate({ yes: true, toKeys: ".env.inngest" });
  expect(exitCode).toBe(3);
  expect(envelope).toMatchObject({ error: { code: "unreachable" } });
  expect(source.asked).toEqual([]);
});
