import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countUnfinishedRuns } from "./count-unfinished-runs.ts";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engine-count-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function openWithRuns(...statuses: readonly string[]): Database {
  const db = openDatabase(join(folder, "engine.db"));
  migrate(db);
  db.exec("PRAGMA foreign_keys = OFF");
  const insert = db.query(`
    INSERT INTO runs (id, function_id, app_id, event_internal_id, status, queued_at_ms,
      request_version, is_planning, slots_json)
    VALUES (?, 'f', 'a', 'e', ?, 0, 2, 0, '[]')`);
  for (const [index, status] of statuses.entries()) insert.run(String(index), status);
  return db;
}

test("a folder without a database has no runs", () => {
  expect(countUnfinishedRuns(folder)).toBe(0);
});

test("runs that are queued or running are counted, ended ones are not", () => {
  openWithRuns("QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED").close();
  expect(countUnfinishedRuns(folder)).toBe(2);
});

test("while an engine uses the folder nobody can say", () => {
  const db = openWithRuns("RUNNING");
  expect(countUnfinishedRuns(folder)).toBeNull();
  db.close();
  expect(countUnfinishedRuns(folder)).toBe(1);
});

test("after a crash the runs in the write-ahead log count, too", () => {
  const script = `
    const { openDatabase } = await import(${JSON.stringify(join(import.meta.dir, "database.ts"))});
    const { migrate } = await import(${JSON.stringify(join(import.meta.dir, "migrate.ts"))});
    const db = openDatabase(${JSON.stringify(join(folder, "engine.db"))});
    migrate(db);
    db.exec("PRAGMA foreign_keys = OFF");
    db.exec(\`INSERT INTO runs (id, function_id, app_id, event_internal_id, status, queued_at_ms,
      request_version, is_planning, slots_json)
      VALUES ('r', 'f', 'a', 'e', 'RUNNING', 0, 2, 0, '[]')\`);
    process.kill(process.pid, "SIGKILL");`;
  const crashed = Bun.spawnSync([process.execPath, "-e", script]);
  expect(crashed.signalCode).toBe("SIGKILL");
  expect(countUnfinishedRuns(folder)).toBe(1);
});
