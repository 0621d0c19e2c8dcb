import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { nextBiteRows } from "../core/retention.ts";
import { openDatabase } from "./database.ts";
import { HistoryStore, historyQueries } from "./history-store.ts";
import { migrate } from "./migrate.ts";

let db: Database;
let history: HistoryStore;
const forgotten = { noteChange: () => {} };

beforeEach(() => {
  db = openDatabase(":memory:");
  migrate(db);
  db.exec("PRAGMA foreign_keys = OFF");
  history = new HistoryStore(db, { runs: forgotten, steps: forgotten, events: forgotten });
});
afterEach(() => db.close());

function addRun(id: string, endedAtMs: number | null, stepCount = 0): void {
  const status = endedAtMs === null ? "RUNNING" : "COMPLETED";
  db.query(`
    INSERT INTO runs (id, function_id, app_id, event_internal_id, status, queued_at_ms, ended_at_ms,
                      request_version, is_planning, slots_json)
    VALUES (?, 'f', 'a', ?, ?, 0, ?, 2, 0, '[]')`).run(id, `event-${id}`, status, endedAtMs);
  db.query("INSERT INTO events VALUES (?, ?, 'go', 0, 0, '{}')").run(`event-${id}`, id);
  for (let position = 1; position <= stepCount; position += 1) {
    db.query(`
      INSERT INTO steps (run_id, position, step_id, name, kind, status, is_race, value_json, attempt,
                         queued_at_ms)
      VALUES (?, ?, ?, 'n', 'run', 'completed', 0, '{}', 0, 0)`).run(
      id,
      position,
      `step-${position}`,
    );
  }
}

const idsOf = (table: string, column = "id") =>
  db.query(`SELECT DISTINCT ${column} FROM ${table} ORDER BY 1`).values().flat();

describe("every statement goes through an index, whatever the number of rows", () => {
  for (const [name, sql] of Object.entries(historyQueries)) {
    // Functions, apps and what is kept of their syncs are few, whatever the number of runs, and what is held is asked for those alone that
    // have no run left.
    const mayScan = ["removeFunctions", "removeApps", "removeSyncs"].includes(name);
    test(name, () => {
      const plan = db.query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${sql}`).all();
      const steps = plan.map(({ detail }) => detail);
      if (!mayScan) expect(steps).toContainEqual(expect.stringMatching(/^SEARCH/));
      expect(steps.filter((step) => step.includes("TEMP B-TREE"))).toEqual([]);
      const scans = steps.filter((step) => step.startsWith("SCAN"));
      expect(
        scans.filter(
          (step) => !(mayScan && /^SCAN (functions|apps|syncs|debounces|open_batches)/.test(step)),
        ),
      ).toEqual([]);
    });
  }
});

test("counting goes on where it stopped, instead of passing over what it has counted", () => {
  const [{ detail } = { detail: "" }] = db
    .query<{ detail: string }, []>(`EXPLAIN QUERY PLAN ${historyQueries.endAtOffset}`)
    .all();
  expect(detail).toContain("runs_by_end ((ended_at_ms,id)>(?,?) AND ended_at_ms<?)");
});

describe("removing runs", () => {
  const ALL = { untilMs: 1_000, runsMax: 1_000, rowsMax: 1_000 };

  test("takes those that ended before the moment, and their events", () => {
    addRun("a", 10, 2);
    addRun("b", 1_000, 2);
    addRun("c", null, 2);
    expect(history.removeRuns(ALL)).toEqual({ runCount: 1, untilMs: 10, isDone: true });
    expect(idsOf("runs")).toEqual(["b", "c"]);
    expect(idsOf("steps", "run_id")).toEqual(["b", "c"]);
    expect(idsOf("events", "internal_id")).toEqual(["event-b", "event-c"]);
  });

  test("touches so many rows at most, and leaves a run whose steps are not all gone", () => {
    addRun("a", 10, 50);
    for (let bite = 0; bite < 5; bite += 1) {
      const before = db.query("SELECT total_changes()").values()[0]?.[0] as number;
      history.removeRuns({ ...ALL, rowsMax: 10 });
      const after = db.query("SELECT total_changes()").values()[0]?.[0] as number;
      expect(after - before).toBe(10);
      expect(idsOf("runs")).toEqual(["a"]);
    }
    expect(history.removeRuns({ ...ALL, rowsMax: 10 })).toMatchObject({ runCount: 1 });
    expect(idsOf("events")).toEqual([]);
  });

  test("takes what apps have said of the run with it", () => {
    addRun("a", 10);
    db.exec(`
      INSERT INTO metadata VALUES ('a', '', 0, '', 'run', 'k', '{}', 0), ('b', '', 0, '', 'run', 'k', '{}', 0);
      INSERT INTO app_spans VALUES ('a', 'p', '', '', 0, 'n', 'ok', '', 0, 0, '{}'),
                                   ('b', 'p', '', '', 0, 'n', 'ok', '', 0, 0, '{}');`);
    history.removeRuns(ALL);
    expect(idsOf("metadata", "run_id")).toEqual(["b"]);
    expect(idsOf("app_spans", "run_id")).toEqual(["b"]);
  });

  test("comes to an end with one row a bite", () => {
    addRun("a", 10, 3);
    let biteCount = 0;
    while (!history.removeRuns({ ...ALL, rowsMax: 1 }).isDone && biteCount < 20) biteCount += 1;
    expect(idsOf("runs")).toEqual([]);
  });
});

test("ended runs are counted in pages as they are at once", () => {
  const times = fc.array(fc.option(fc.integer({ min: 0, max: 5 })), { maxLength: 30 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 7 }), (endings, limit) => {
      db.exec("DELETE FROM runs; DELETE FROM events");
      for (const [index, endedAtMs] of endings.entries()) addRun(`run-${index}`, endedAtMs);
      let count = 0;
      let page = history.countEnded({ endedAtMs: -1, runId: "" }, { untilMs: 5, limit });
      count += page.count;
      while (page.last !== null) {
        page = history.countEnded(page.last, { untilMs: 5, limit });
        count += page.count;
      }
      expect(count).toBe(endings.filter((endedAtMs) => endedAtMs !== null && endedAtMs < 5).length);
    }),
  );
});

test("a bite that took long makes the next one smaller, down to one row", () => {
  let rows = 256;
  for (let bite = 0; bite < 20; bite += 1) rows = nextBiteRows(rows, 100);
  expect(rows).toBe(1);
  for (let bite = 0; bite < 20; bite += 1) rows = nextBiteRows(rows, 0);
  expect(rows).toBe(256);
  expect(nextBiteRows(64, 3)).toBe(64);
});
