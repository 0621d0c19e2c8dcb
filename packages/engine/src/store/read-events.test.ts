import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { EventQuery } from "../core/event-list.ts";
import { createUlidSource } from "../core/ulid.ts";
import { openDatabase } from "./database.ts";
import { EventStore } from "./event-store.ts";
import { migrate } from "./migrate.ts";
import { EventReads, eventListQueries } from "./read-events.ts";

const START_MS = Date.UTC(2026, 10, 21, 2);
const ALL: EventQuery = {
  name: null,
  includesInternal: false,
  fromMs: null,
  untilMs: null,
  after: null,
  limit: 20,
};

let db: Database;
let reads: EventReads;
let nowMs: number;
let add: (name: string) => string;

beforeEach(() => {
  db = openDatabase(":memory:");
  migrate(db);
  nowMs = START_MS;
  const store = new EventStore(db);
  const createId = createUlidSource({ nowMs: () => nowMs, random: () => 0.5 });
  add = (name) => {
    const internalId = createId();
    const event = { internalId, id: internalId, name, data: {}, user: {} };
    store.insert({ ...event, tsMs: nowMs, receivedAtMs: nowMs });
    return internalId;
  };
  reads = new EventReads(db);
});
afterEach(() => db.close());

const namesOf = (query: Partial<EventQuery> = {}) =>
  reads.load({ ...ALL, ...query }).map(({ name }) => name);

describe("a list of events", () => {
  test("comes newest first and leaves out the engine's own events", () => {
    for (const name of ["demo/a", "inngest/function.finished", "inngesu/b", "inngest"]) add(name);
    expect(namesOf()).toEqual(["inngest", "inngesu/b", "demo/a"]);
  });

  test("has the engine's own events when they are asked for, or named", () => {
    for (const name of ["demo/a", "inngest/function.finished"]) add(name);
    expect(namesOf({ includesInternal: true })).toEqual(["inngest/function.finished", "demo/a"]);
    expect(namesOf({ name: "inngest/function.finished" })).toEqual(["inngest/function.finished"]);
  });

  test("of one name has no other", () => {
    for (const name of ["demo/a", "demo/ab", "demo/a"]) add(name);
    expect(namesOf({ name: "demo/a" })).toEqual(["demo/a", "demo/a"]);
  });

  test.each([{ name: null }, { name: "demo/a" }])(
    "goes on after the last one of a page (%p)",
    (query) => {
      const ids = [add("demo/a"), add("demo/a"), add("demo/a")];
      const page = reads.load({ ...ALL, ...query, limit: 2 });
      expect(page.map(({ internalId }) => internalId)).toEqual(ids.toReversed().slice(0, 2));
      const after = page.at(-1)?.internalId ?? null;
      const rest = reads.load({ ...ALL, ...query, limit: 2, after });
      expect(rest.map(({ internalId }) => internalId)).toEqual(ids.slice(0, 1));
    },
  );

  test("is cut by the time of receipt: from it on, and up to it", () => {
    for (const name of ["demo/a", "demo/b", "demo/c"]) {
      add(name);
      nowMs += 1_000;
    }
    const [fromMs, untilMs] = [START_MS + 1_000, START_MS + 2_000];
    expect(namesOf({ fromMs })).toEqual(["demo/c", "demo/b"]);
    expect(namesOf({ untilMs })).toEqual(["demo/b", "demo/a"]);
    expect(namesOf({ fromMs, untilMs, after: "7ZZZZZZZZZZZZZZZZZZZZZZZZZ" })).toEqual(["demo/b"]);
  });
});

describe("SQLite's plan", () => {
  test.each([
    ["all", "SEARCH events USING PRIMARY KEY (internal_id>? AND internal_id<?)"],
    ["sent", "SEARCH events USING INDEX events_sent (internal_id>? AND internal_id<?)"],
    ["ofName", "USING INDEX events_by_name (name=? AND internal_id>? AND internal_id<?)"],
  ] as const)("for the list %p is one range of an index, already in order", (name, part) => {
    const values = { $name: null, $from: null, $below: null, $limit: null };
    const sql = eventListQueries[name];
    const used = Object.entries(values).filter(([key]) => sql.includes(key));
    const plan = db
      .query<{ detail: string }, [Record<string, null>]>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(Object.fromEntries(used.map(([key, value]) => [key.slice(1), value])))
      .map(({ detail }) => detail)
      .join("\n");
    expect(plan).toContain(part);
    expect(plan).not.toContain("TEMP B-TREE");
  });
});
