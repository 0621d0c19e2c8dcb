// A database of each released schema, with runs in the middle of what they do, opened by this release.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidFromName } from "../src/core/uuid.ts";
import { checkTables } from "../src/store/check/check-tables.ts";
import { openDatabase } from "../src/store/database.ts";
import { migrate, migrateTo, readSchemaVersion, SCHEMA_VERSION } from "../src/store/migrate.ts";
import { createConfig, op, type RawCall, RawEngine } from "./raw-engine.ts";

const HOUR_MS = 3_600_000;
const QUEUED_MS = Date.UTC(2039, 11, 31);
const EVENT_ID = "01M7XX8G26Z39M6Y05EC7VAHVT";
const APP_ID = uuidFromName("app:app");
const FUNCTION_ID = uuidFromName("function:app:app-f");
const VERSIONS = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);

let folder: string;
let engine: RawEngine | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engine-upgrade-"));
});
afterEach(() => {
  engine?.stop();
  engine = undefined;
  rmSync(folder, { recursive: true });
});

/** Only columns of the first schema: later ones have defaults, or hold null, as `ALTER TABLE` left them. */
function insert(db: Database, table: string, row: Record<string, string | number | null>): void {
  const names = Object.keys(row);
  const places = names.map(() => "?").join(", ");
  db.query(`INSERT INTO ${table} (${names.join(", ")}) VALUES (${places})`).run(
    ...Object.values(row),
  );
}

interface OldRun {
  readonly id: string;
  readonly status?: string;
  readonly step?: { readonly kind: string; readonly itemKind: string; readonly attempt?: number };
}

const OLD_RUNS: readonly OldRun[] = [
  { id: "run-new", status: "QUEUED" },
  { id: "run-asleep", step: { kind: "sleep", itemKind: "sleep" } },
  { id: "run-waiting", step: { kind: "wait-for-event", itemKind: "wait-timeout" } },
  { id: "run-retrying", step: { kind: "run", itemKind: "step", attempt: 2 } },
  { id: "run-ended", status: "COMPLETED" },
];

function addRun(db: Database, { id, status = "RUNNING", step }: OldRun): void {
  const times = { queued_at_ms: QUEUED_MS };
  const hasEnded = status === "COMPLETED";
  insert(db, "runs", {
    id,
    function_id: FUNCTION_ID,
    app_id: APP_ID,
    event_internal_id: EVENT_ID,
    status,
    ...times,
    started_at_ms: status === "QUEUED" ? null : QUEUED_MS,
    ended_at_ms: hasEnded ? QUEUED_MS : null,
    output_json: hasEnded ? '"old"' : null,
    request_version: status === "QUEUED" ? -1 : 2,
    is_planning: 0,
    slots_json: "[]",
    correlation_id: null,
    rerun_of: null,
  });
  const item = { run_id: id, ...times, payload_json: null, attempt: 0 };
  if (status === "QUEUED") {
    const start = { id: `${id}:discovery`, kind: "discovery", step_id: "", due_at_ms: QUEUED_MS };
    insert(db, "queue_items", { ...item, ...start });
  }
  if (!step) return;
  insert(db, "steps", {
    run_id: id,
    position: 1,
    step_id: "open",
    name: "open",
    kind: step.kind,
    status: "open",
    is_race: 0,
    input_json: null,
    value_json: null,
    attempt: 0,
    ...times,
    started_at_ms: null,
    ended_at_ms: null,
  });
  insert(db, "queue_items", {
    ...item,
    id: `${id}:${step.itemKind}:open`,
    kind: step.itemKind,
    step_id: "open",
    attempt: step.attempt ?? 0,
    due_at_ms: Date.UTC(2040, 0, 1) + HOUR_MS,
  });
  if (step.kind !== "wait-for-event") return;
  const wait = { run_id: id, step_id: "open", event_name: "told", expression: null };
  insert(db, "waits", { ...wait, match_path: "", match_json: "" });
}

function leaveDatabaseOf(version: number): void {
  mkdirSync(folder, { recursive: true });
  const db = openDatabase(join(folder, "engine.db"));
  migrateTo(db, version);
  insert(db, "apps", {
    id: APP_ID,
    name: "app",
    url: "http://app.test/api/inngest",
    framework: "raw",
    sdk_language: "raw",
    sdk_version: "1",
    checksum: "",
    created_at_ms: 0,
    synced_at_ms: 0,
  });
  insert(db, "functions", {
    id: FUNCTION_ID,
    app_id: APP_ID,
    slug: "app-f",
    config_json: JSON.stringify(createConfig({})),
  });
  insert(db, "events", {
    internal_id: EVENT_ID,
    id: EVENT_ID,
    name: "go",
    ts_ms: QUEUED_MS,
    received_at_ms: QUEUED_MS,
    payload_json: JSON.stringify({ id: EVENT_ID, name: "go", data: {}, user: {}, ts: QUEUED_MS }),
  });
  for (const run of OLD_RUNS) addRun(db, run);
  db.close();
}

/** The app of all versions: one step, which a planned call carries out, and the end. */
function answer({ stepId, steps }: RawCall) {
  if (stepId === "open") return { body: [op.done("open")] };
  return { body: ["open" in steps ? op.complete() : op.done("open")] };
}

function start(openFile?: (file: string) => Database): RawEngine {
  engine = new RawEngine({
    answer,
    storage: { kind: "directory", path: folder },
    ...(openFile ? { openDatabase: openFile } : {}),
  });
  return engine;
}

function look<T>(file: string, read: (db: Database) => T): T {
  const db = new Database(file, { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

describe.each(VERSIONS)("a database of schema %d", (version) => {
  test("keeps its runs, and each goes on from where it was and ends", async () => {
    leaveDatabaseOf(version);
    const running = start();
    await running.register();
    await running.settle();
    await running.send("told");
    await running.settle();
    running.clock.advanceMs(2 * HOUR_MS);
    await running.settle();
    const statuses = OLD_RUNS.map(({ id }) => [
      id,
      running.core.reads.findRun(id, { withOutput: false })?.status,
    ]);
    expect(statuses).toEqual(OLD_RUNS.map(({ id }) => [id, "COMPLETED"]));
    const attempts = running.calls.filter(({ stepId }) => stepId === "open");
    expect(attempts.map(({ attempt }) => attempt)).toEqual([2]);
    engine?.stop();
    engine = undefined;
    const found = look(join(folder, "engine.db"), (db) => checkTables(db, running.clock.nowMs()));
    expect(found).toEqual([]);
  });
});

test.each(VERSIONS.slice(0, -1))(
  "a database of schema %d is kept as it was, for who wants to go back",
  (version) => {
    leaveDatabaseOf(version);
    start();
    const copy = join(folder, `engine.db.version-${version}`);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(look(copy, readSchemaVersion)).toBe(version);
    expect(look(copy, (db) => db.query("SELECT count(*) FROM runs").values())).toEqual([[5]]);
    expect(engine?.logged.join()).toContain(copy);
  },
);

test("a new database, and one of this release, are not copied", () => {
  start();
  engine?.stop();
  leaveDatabaseOf(SCHEMA_VERSION);
  start();
  expect(readdirSync(folder).filter((name) => name.includes("version"))).toEqual([]);
});

test("of copies of earlier upgrades the newest is kept", () => {
  leaveDatabaseOf(1);
  start().stop();
  rmSync(join(folder, "engine.db"));
  leaveDatabaseOf(3);
  start();
  const copies = readdirSync(folder).filter((name) => name.includes("version"));
  expect(copies).toEqual(["engine.db.version-3"]);
});

test("a copy that can't be made does not keep the engine from starting", () => {
  leaveDatabaseOf(1);
  mkdirSync(join(folder, "engine.db.version-1", "in-the-way"), { recursive: true });
  expect(start().logged.join()).toMatch(/No copy of the database as it was could be kept/);
});

describe("a migration that is interrupted", () => {
  test("by a full disk leaves the database of before, and goes through when there is room", async () => {
    leaveDatabaseOf(1);
    const openSmall = (file: string): Database => {
      const db = openDatabase(file);
      const [[count] = []] = db.query("PRAGMA page_count").values();
      db.exec(`PRAGMA max_page_count = ${count}`);
      return db;
    };
    expect(() => start(openSmall)).toThrow(
      expect.objectContaining({
        code: "STORAGE_FAILED",
        message: expect.stringContaining("Check free space"),
      }),
    );
    const version = look(join(folder, "engine.db"), readSchemaVersion);
    expect(version).toBeLessThan(SCHEMA_VERSION);
    const running = start();
    await running.register();
    await running.settle();
    expect(running.core.reads.findRun("run-new", { withOutput: false })?.status).toBe("COMPLETED");
  });

  test("by a crash in its middle has not happened", () => {
    leaveDatabaseOf(1);
    const modules = (name: string) => JSON.stringify(join(import.meta.dir, "../src/store", name));
    const script = `
      const { openDatabase } = await import(${modules("database.ts")});
      const db = openDatabase(${JSON.stringify(join(folder, "engine.db"))});
      db.exec("BEGIN IMMEDIATE; ALTER TABLE waits ADD COLUMN purpose TEXT NOT NULL DEFAULT 'step'");
      db.exec("PRAGMA cache_size = 1; UPDATE runs SET output_json = printf('%.*c', 100000, 'x')");
      process.kill(process.pid, "SIGKILL");`;
    expect(Bun.spawnSync([process.execPath, "-e", script]).signalCode).toBe("SIGKILL");
    start();
    const runs = engine?.core.reads.findRun("run-ended", { withOutput: true });
    expect(runs?.outputJson).toBe('"old"');
  });
});

test("a database of a later release is refused with what to do, and let go of", () => {
  leaveDatabaseOf(SCHEMA_VERSION);
  const file = join(folder, "engine.db");
  const raise = openDatabase(file);
  raise.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  raise.close();
  expect(() => start()).toThrow(
    `The database has version ${SCHEMA_VERSION + 1}, this release knows up to ${SCHEMA_VERSION}. Start the newer release`,
  );
  // Not held by the engine that did not start.
  const db = openDatabase(file);
  expect(() => migrate(db)).toThrow(/Start the newer release/);
  db.close();
  expect(existsSync(`${file}-wal`)).toBe(false);
});
