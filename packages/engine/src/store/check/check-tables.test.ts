import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../database.ts";
import { checkFile, repairFile } from "../files/check-file.ts";
import { migrate } from "../migrate.ts";
import { checkTables, repairTables } from "./check-tables.ts";
import { tableRules } from "./table-rules.ts";

const NOW_MS = Date.UTC(2026, 10, 24);

let folder: string;
let file: string;
let db: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engine-check-"));
  file = join(folder, "engine.db");
  db = openDatabase(file);
  migrate(db);
  db.exec("PRAGMA foreign_keys = OFF");
  db.exec(HEALTHY);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const STEP_COLUMNS = `run_id, position, step_id, name, kind, status, is_race, input_json, value_json,
  attempt, queued_at_ms, started_at_ms, ended_at_ms`;
const ATTEMPT_COLUMNS =
  "run_id, step_id, attempt, started_at_ms, name, error_json, queued_at_ms, ended_at_ms";

/** Runs in every state that a healthy engine leaves them in. */
const HEALTHY = `
  INSERT INTO meta VALUES ('epoch', '3');
  INSERT INTO apps VALUES ('app', 'app', 'http://x', 'h', 'js', '4', '', 0, 0);
  INSERT INTO functions (id, app_id, slug, config_json, archived_at_ms)
  VALUES ('f', 'app', 'app-f', '{}', NULL), ('old', 'app', 'app-old', '{}', 5);
  INSERT INTO events VALUES ('e', 'e', 'go', 0, 0, '{}');
  INSERT INTO runs (id, function_id, app_id, event_internal_id, status, queued_at_ms, started_at_ms,
                    ended_at_ms, output_json, request_version, is_planning, slots_json, correlation_id)
  VALUES ('queued', 'f', 'app', 'e', 'QUEUED', 0, NULL, NULL, NULL, -1, 0, '[]', NULL),
         ('asleep', 'f', 'app', 'e', 'RUNNING', 0, 0, NULL, NULL, 2, 0, '[]', NULL),
         ('waits', 'f', 'app', 'e', 'RUNNING', 0, 0, NULL, NULL, 2, 0, '[]', NULL),
         ('invokes', 'f', 'app', 'e', 'RUNNING', 0, 0, NULL, NULL, 2, 0, '[]', NULL),
         ('invoked', 'f', 'app', 'e', 'QUEUED', 0, NULL, NULL, NULL, -1, 0, '[]', 'invokes.i'),
         ('ended', 'old', 'app', 'gone', 'COMPLETED', 0, 0, 9, '1', 2, 0, '[]', NULL);
  INSERT INTO steps (${STEP_COLUMNS}) VALUES
    ('asleep', 1, 's', 's', 'sleep', 'open', 0, NULL, NULL, 0, 0, NULL, NULL),
    ('waits', 1, 'w', 'w', 'wait-for-event', 'open', 0, NULL, NULL, 0, 0, NULL, NULL),
    ('invokes', 1, 'i', 'i', 'invoke', 'open', 0, NULL, NULL, 0, 0, NULL, NULL),
    ('ended', 1, 'a', 'a', 'run', 'completed', 0, NULL, '1', 0, 0, 0, 0),
    ('ended', 2, 'b', 'b', 'run', 'failed', 0, NULL, '1', 0, 0, 0, 0),
    ('ended', 3, 'lost', 'lost', 'wait-for-event', 'open', 1, NULL, NULL, 0, 0, NULL, NULL);
  INSERT INTO failed_attempts (${ATTEMPT_COLUMNS}) VALUES ('ended', 'b', 0, 0, 'b', '{}', 0, 0);
  INSERT INTO queue_items VALUES
    ('queued:discovery', 'queued', 'discovery', '', 0, 0, 0, NULL),
    ('asleep:sleep:s', 'asleep', 'sleep', 's', 0, 9, 0, NULL),
    ('waits:wait-timeout:w', 'waits', 'wait-timeout', 'w', 0, 9, 0, NULL),
    ('invokes:invoke-timeout:i', 'invokes', 'invoke-timeout', 'i', 0, 9, 0, NULL),
    ('invoked:discovery', 'invoked', 'discovery', '', 0, 0, 0, NULL),
    ('cron:f:* * * * *', '', 'cron', 'f', 0, 9, 0, '{}');
  INSERT INTO waits VALUES ('told', '', '', 'waits', 'w', NULL, 'step', NULL),
                           ('stop', '', '', 'queued', '0', NULL, 'cancel', 9);
  INSERT INTO events VALUES ('e2', 'e2', 'go', 0, 0, '{}'), ('e3', 'e3', 'go', 0, 0, '{}');
  INSERT INTO debounces VALUES ('held', 'f', 'e2', 0, 0, NULL);
  INSERT INTO open_batches VALUES ('open', 'b1', 'f', 1, 9);
  INSERT INTO batch_events VALUES ('b1', 1, 'e3', NULL), ('b2', 1, 'e3', NULL);
  UPDATE runs SET batch_id = 'b2' WHERE id = 'queued';
  INSERT INTO queue_items VALUES
    ('debounce:held', '', 'debounce', 'held', 0, 9, 0, NULL),
    ('batch:b1', '', 'batch', 'open', 0, 9, 0, NULL);
  INSERT INTO metadata VALUES ('ended', '', 0, '', 'run', 'k', '{}', 0);
  INSERT INTO app_spans VALUES ('ended', 'p', '', '', 0, 'n', 'ok', '', 0, 0, '{}');
  INSERT INTO signal_waits VALUES ('sign', 'asleep', 's');
  INSERT INTO gcra_marks VALUES ('f', ${NOW_MS + 1_000});
  INSERT INTO singletons VALUES ('key', 'a run that is gone');`;

test("tables that a healthy engine leaves have no findings", () => {
  expect(checkTables(db, NOW_MS)).toEqual([]);
});

/** What breaks each rule, and the id by which its finding names it. */
const VIOLATIONS: Readonly<Record<string, { readonly sql: string; readonly id: string }>> = {
  "run-stuck": { sql: "DELETE FROM queue_items WHERE run_id = 'queued'", id: "queued" },
  "event-missing": {
    sql: "UPDATE runs SET event_internal_id = 'nothing' WHERE id = 'asleep'",
    id: "asleep",
  },
  "function-missing": { sql: "UPDATE runs SET app_id = 'none' WHERE id = 'ended'", id: "ended" },
  "run-contradicts-itself": {
    sql: "UPDATE runs SET ended_at_ms = NULL WHERE id = 'ended'",
    id: "ended",
  },
  "step-orphaned": {
    sql: `INSERT INTO steps (${STEP_COLUMNS})
          VALUES ('none', 1, 'x', 'x', 'run', 'completed', 0, NULL, '1', 0, 0, 0, 0)`,
    id: "none x",
  },
  "attempt-orphaned": {
    sql: `INSERT INTO failed_attempts (${ATTEMPT_COLUMNS}) VALUES ('none', 'x', 0, 0, 'x', '{}', 0, 0)`,
    id: "none x",
  },
  "metadata-orphaned": {
    sql: "INSERT INTO metadata VALUES ('none', 's', 0, '', 'step', 'k', '{}', 0)",
    id: "none s",
  },
  "app-span-orphaned": {
    sql: "INSERT INTO app_spans VALUES ('none', 'p', '', '', 0, 'n', 'ok', '', 0, 0, '{}')",
    id: "none p",
  },
  "step-unattended": { sql: "DELETE FROM queue_items WHERE run_id = 'asleep'", id: "asleep s" },
  "step-contradicts-itself": {
    sql: "UPDATE steps SET value_json = NULL WHERE step_id = 'a'",
    id: "ended a",
  },
  "step-order-unclear": { sql: "UPDATE steps SET position = 1 WHERE step_id = 'b'", id: "ended" },
  "invocation-lost": {
    sql: `DELETE FROM queue_items WHERE run_id = 'invoked';
          UPDATE runs SET status = 'FAILED', ended_at_ms = 1, output_json = '1' WHERE id = 'invoked'`,
    id: "invokes i",
  },
  "queue-item-orphaned": {
    sql: "INSERT INTO queue_items VALUES ('x', 'ended', 'discovery', '', 0, 0, 0, NULL)",
    id: "x",
  },
  "schedule-orphaned": {
    sql: "INSERT INTO queue_items VALUES ('cron:old:x', '', 'cron', 'old', 0, 0, 0, '{}')",
    id: "cron:old:x",
  },
  "queue-item-unreadable": {
    sql: "UPDATE queue_items SET payload_json = '{' WHERE run_id = 'queued'",
    id: "queued:discovery",
  },
  "wait-orphaned": {
    sql: "INSERT INTO waits VALUES ('told', '', '', 'ended', 'w', NULL, 'step', NULL)",
    id: "ended w",
  },
  "wait-stale": {
    sql: "INSERT INTO waits VALUES ('told', '', '', 'asleep', 'w', NULL, 'step', NULL)",
    id: "asleep w",
  },
  "signal-wait-orphaned": {
    sql: "INSERT INTO signal_waits VALUES ('stray', 'ended', 'a')",
    id: "stray",
  },
  "wait-missing": { sql: "DELETE FROM waits WHERE run_id = 'waits'", id: "waits w" },
  "batch-incomplete": {
    sql: "INSERT INTO batch_events VALUES ('b2', 2, 'gone', NULL)",
    id: "queued",
  },
  "debounce-forgotten": { sql: "DELETE FROM queue_items WHERE kind = 'debounce'", id: "held" },
  "batch-forgotten": { sql: "DELETE FROM queue_items WHERE kind = 'batch'", id: "open" },
  "batch-event-orphaned": {
    sql: "INSERT INTO batch_events VALUES ('b3', 1, 'e3', NULL)",
    id: "b3 e3",
  },
  "held-nothing": { sql: "DELETE FROM debounces", id: "debounce:held" },
  "held-event-missing": { sql: "DELETE FROM events WHERE internal_id = 'e2'", id: "held" },
  "function-unreadable": {
    sql: "UPDATE functions SET config_json = '{' WHERE id = 'f'",
    id: "app-f",
  },
  "limit-far-ahead": {
    sql: `INSERT INTO gcra_marks VALUES ('far', ${NOW_MS + 400 * 24 * 3_600_000})`,
    id: "far",
  },
  "epoch-unreadable": { sql: "UPDATE meta SET value = 'x'", id: "x" },
};

describe("each rule finds what breaks it, by its id, and nothing else does", () => {
  test.each(tableRules.map(({ name }) => name))("%s", (name) => {
    const violation = VIOLATIONS[name];
    db.exec(violation?.sql ?? "SELECT 'no violation is known'");
    expect(checkTables(db, NOW_MS)).toMatchObject([
      { rule: name, ids: [violation?.id], count: 1, meaning: expect.stringMatching(/\.$/) },
    ]);
  });
});

describe("a repair", () => {
  test.each(tableRules.filter(({ repair }) => repair !== undefined).map(({ name }) => name))(
    "of %s leaves nothing to be found",
    (name) => {
      db.exec(VIOLATIONS[name]?.sql ?? "");
      expect(repairTables(db, NOW_MS)).toEqual([{ rule: name, count: 1 }]);
      expect(checkTables(db, NOW_MS)).toEqual([]);
    },
  );

  test("changes nothing in healthy tables, and nothing that it can't put right", () => {
    const before = db.serialize();
    expect(repairTables(db, NOW_MS)).toEqual([]);
    expect(db.serialize()).toEqual(before);
    db.exec(VIOLATIONS["step-unattended"]?.sql ?? "");
    expect(repairTables(db, NOW_MS)).toEqual([]);
    expect(checkTables(db, NOW_MS)).toMatchObject([{ isRepairable: false }]);
  });
});

describe("a database file", () => {
  const check = () => checkFile(file, { nowMs: NOW_MS });

  test("that is healthy has no findings, and is not changed", async () => {
    db.close();
    const before = readFileSync(file);
    expect(await check()).toMatchObject({ runCount: 6, unfinishedCount: 5, findings: [] });
    expect(readFileSync(file)).toEqual(before);
  });

  test("with a damaged page is found out", async () => {
    db.close();
    const bytes = readFileSync(file);
    bytes.fill(0x55, 3 * 4_096, 5 * 4_096);
    writeFileSync(file, bytes);
    const { findings } = await check();
    expect(findings).toMatchObject([{ rule: "file-damaged" }]);
  });

  test("that is no database is found out", async () => {
    db.close();
    writeFileSync(file, "x".repeat(10_000));
    expect((await check()).findings).toMatchObject([{ rule: "file-damaged" }]);
  });

  test("with other tables than the release's is found out", async () => {
    db.exec("DROP INDEX runs_by_end");
    db.close();
    expect((await check()).findings).toMatchObject([
      { rule: "schema-differs", ids: ["runs_by_end"] },
    ]);
  });

  test("whose rows name what is gone is found out", async () => {
    db.exec("DELETE FROM functions WHERE id = 'old'");
    db.close();
    const rules = (await check()).findings.map(({ rule }) => rule);
    expect(rules).toContain("reference-broken");
  });

  test("that an engine uses is not checked, and not repaired", async () => {
    await expect(check()).rejects.toMatchObject({ code: "DATA_IN_USE" });
    expect(() => repairFile(file, NOW_MS)).toThrow(/Another engine uses/);
  });

  test("of a later release is refused", async () => {
    db.exec("PRAGMA user_version = 9999");
    db.close();
    await expect(check()).rejects.toMatchObject({ code: "DATABASE_TOO_NEW" });
  });

  test("of another program is refused, and not repaired", async () => {
    db.close();
    rmSync(file);
    const other = new Database(file);
    other.exec("CREATE TABLE x (y)");
    other.close();
    await expect(check()).rejects.toMatchObject({ code: "BACKUP_REFUSED" });
    expect(() => repairFile(file, NOW_MS)).toThrow(/no database of the engine/);
  });

  test("is repaired in one go", async () => {
    db.exec(VIOLATIONS["run-stuck"]?.sql ?? "");
    db.close();
    expect(repairFile(file, NOW_MS)).toEqual([{ rule: "run-stuck", count: 1 }]);
    expect((await check()).findings).toEqual([]);
  });
});
