/// <reference path="../sql-modules.d.ts" />
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { migrate } from "./migrate.ts";
import initial from "./migrations/0001-initial.sql" with { type: "text" };
import { WaitStore } from "./wait-store.ts";

test("a database of the first schema keeps its waits, and its apps are read anew at their next sync", () => {
  const db = new Database(":memory:", { strict: true });
  db.exec(initial);
  db.exec("PRAGMA user_version = 1");
  db.exec(`
    INSERT INTO waits VALUES ('told', '', '', 'run', 'step', NULL);
    INSERT INTO apps VALUES ('a', 'app', 'http://app.test', 'hono', 'js', '4.24.0', 'sum', 0, 0);`);
  migrate(db);
  expect(new WaitStore(db).loadMatching("told", { path: "", json: "" })).toEqual([
    {
      purpose: "step",
      runId: "run",
      stepId: "step",
      eventName: "told",
      expression: null,
      expiresAtMs: null,
    },
  ]);
  expect(db.query("SELECT checksum FROM apps").all()).toEqual([{ checksum: "" }]);
  db.close();
});
