/// <reference path="../sql-modules.d.ts" />
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { migrate } from "./migrate.ts";
import initial from "./migrations/0001-initial.sql" with { type: "text" };
import { QueueStore } from "./queue-store.ts";
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

test("a request to a model that waits in an older database goes on with its key in a header", () => {
  const db = new Database(":memory:", { strict: true });
  db.exec(initial);
  db.exec("PRAGMA user_version = 1");
  const insert = db.query("INSERT INTO queue_items VALUES (?, 'run', 'ai', ?, 2, 5, 4, ?)");
  const request = { url: "http://m.test/v1", headers: { a: "b" }, body: { messages: [1] } };
  const formats = [
    ["one", { format: "openai-chat", authKey: "k" }],
    ["two", { format: "anthropic", authKey: "k" }],
    ["three", { format: "gemini", authKey: "k" }],
    ["four", { format: "openai-chat", authKey: "" }],
  ] as const;
  for (const [step, auth] of formats) {
    insert.run(`run:ai:${step}`, step, JSON.stringify({ ...request, ...auth }));
  }
  migrate(db);
  const items = new QueueStore(db);
  const payloadOf = (step: string) =>
    JSON.parse(items.find(`run:request:${step}`)?.payloadJson ?? "null");
  expect(items.find("run:request:one")).toMatchObject({ kind: "request", attempt: 2, dueAtMs: 5 });
  const expected = {
    shape: "model",
    url: "http://m.test/v1",
    method: "POST",
    headers: { "content-type": "application/json", a: "b" },
    body: '{"messages":[1]}',
  };
  const withHeaders = (headers: object) => ({
    ...expected,
    headers: { ...expected.headers, ...headers },
  });
  expect(payloadOf("one")).toEqual(withHeaders({ authorization: "Bearer k" }));
  expect(payloadOf("two")).toEqual(withHeaders({ "x-api-key": "k" }));
  expect(payloadOf("three")).toEqual(expected);
  expect(payloadOf("four")).toEqual(expected);
  db.close();
});
