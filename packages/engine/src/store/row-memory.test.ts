import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { StepRecord } from "../core/change.ts";
import type { StoredEvent } from "../core/event.ts";
import type { QueueItem } from "../core/queue-item.ts";
import { openDatabase } from "./database.ts";
import { EngineStore } from "./engine-store.ts";
import { migrate } from "./migrate.ts";
import { RowMemory } from "./row-memory.ts";

const RUN = {
  id: "run",
  functionId: "fn",
  appId: "app",
  eventInternalId: "event",
  batchId: null,
  queuedAtMs: 1,
  slotsJson: '[{"name":"a","limit":2}]',
  rank: null,
  correlationId: null,
  rerunOf: null,
};
const ITEM: QueueItem = {
  id: "item",
  runId: "run",
  kind: "discovery",
  stepId: "",
  attempt: 3,
  dueAtMs: 5,
  queuedAtMs: 4,
  payloadJson: null,
};
const EVENT: StoredEvent = {
  internalId: "event",
  id: "event",
  name: "go",
  data: { text: "ü" },
  user: {},
  tsMs: 1,
  receivedAtMs: 1,
};

function step(stepId: string, valueJson: string | null): StepRecord {
  return {
    stepId,
    name: stepId,
    kind: "run",
    status: valueJson === null ? "open" : "completed",
    isRace: false,
    inputJson: "[1]",
    valueJson,
    attempt: 0,
    queuedAtMs: 1,
    startedAtMs: null,
    endedAtMs: null,
  };
}

const settlement = (stepId: string) =>
  ({
    stepId,
    status: "completed",
    valueJson: '{"data":"ü"}',
    attempt: 0,
    startedAtMs: null,
    endedAtMs: 3,
  }) as const;

const ending = { status: "COMPLETED", outputJson: "1", error: null, endedAtMs: 9 } as const;

describe("one table's memory", () => {
  let db: Database;
  let memory: RowMemory<string>;
  beforeEach(() => {
    db = openDatabase(":memory:");
    db.exec("CREATE TABLE t (id TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT");
    memory = new RowMemory({ rowsMax: 2, bytesMax: 10, sizeOf: (text) => text.length });
  });
  afterEach(() => db.close());

  const put = (id: string, text: string | null, next?: (kept: string | undefined) => string) =>
    memory
      .prepareWrite(db, "INSERT OR REPLACE INTO t VALUES ($id, $text)")
      .run(id, { id, text }, next);

  test("a write forgets its row unless it says what the row is now", () => {
    memory.keep("a", "old");
    put("a", "new");
    expect(memory.find("a")).toBeUndefined();
    put("a", "newer", () => "newer");
    expect(memory.find("a")).toBe("newer");
  });

  test("a write that changes nothing leaves its row as it was kept", () => {
    memory.keep("a", "old");
    const remove = memory.prepareWrite(db, "DELETE FROM t WHERE id = $id");
    expect(remove.run("a", { id: "a" }, () => "new")).toBe(false);
    expect(memory.find("a")).toBe("old");
  });

  test("a write that fails forgets its row", () => {
    memory.keep("a", "old");
    expect(() => put("a", null, () => "new")).toThrow("NOT NULL");
    expect(memory.find("a")).toBeUndefined();
  });

  test("of what is taken back nothing is known, and all of what was on the disk before", () => {
    put("a", "a", () => "a");
    memory.settle();
    put("b", "b", () => "b");
    memory.takeBack();
    expect([memory.find("a"), memory.find("b")]).toEqual(["a", undefined]);
  });

  test("what was read after a write of the same transaction is taken back with it", () => {
    put("a", "a", () => "a");
    // Another writer of the transaction failed, and the row was read again.
    memory.takeBack();
    memory.keep("a", "a");
    memory.takeBack();
    expect(memory.find("a")).toBeUndefined();
  });

  test("rows that are asked for stay, and of the others a bounded number", () => {
    for (const key of ["a", "b", "c", "d", "e", "f"]) {
      memory.keep(key, key);
      memory.find("a");
    }
    const keys = [...memory.entries()].map(([key]) => key);
    expect(keys.length).toBeLessThanOrEqual(4);
    expect(keys).toContain("a");
    expect(keys).not.toContain("b");
  });

  test("bytes are bounded, too, and a row that is too large is read each time", () => {
    memory.keep("a", "12345678");
    memory.keep("b", "12345678");
    memory.keep("c", "12345678");
    expect([...memory.entries()].map(([key]) => key)).toEqual(["b", "c"]);
    memory.keep("c", "12345678901");
    expect(memory.find("c")).toBeUndefined();
  });
});

describe("a store remembers what its tables have", () => {
  let db: Database;
  let store: EngineStore;
  let flush: () => void;
  beforeEach(() => {
    db = openDatabase(":memory:");
    migrate(db);
    db.exec("PRAGMA foreign_keys = OFF");
    store = new EngineStore(db, { schedule: (commit) => (flush = commit) });
    void store.write(() => {
      store.events.insert(EVENT);
      store.runs.insert(RUN);
      store.queue.insert(ITEM);
    });
    flush();
    void store.write(() => {
      store.steps.loadStates("run");
      store.steps.insert("run", step("open", null), 1);
      store.steps.insert("run", step("done", '{"data":1}'), 2);
    });
    flush();
  });
  afterEach(() => db.close());

  /** As who has nothing in memory finds it. */
  const read = ({ runs, queue, events, steps }: EngineStore) => ({
    run: runs.find("run"),
    item: queue.find("item"),
    hasItem: queue.exists("item"),
    payload: events.findPayloadJson("event"),
    states: steps.loadStates("run"),
    known: [...steps.loadKnown("run").steps].map(([id, { status, sizeBytes }]) => [
      id,
      status,
      sizeBytes,
    ]),
    lastPosition: steps.loadKnown("run").lastPosition,
    value: steps.findValueJson("run", "open"),
  });

  const WRITES: Readonly<Record<string, (store: EngineStore) => void>> = {
    nothing: () => {},
    "runs.insertSkipped": ({ runs }) => {
      db.exec("DELETE FROM runs");
      runs.memory.noteChange("run");
      runs.insertSkipped(RUN);
    },
    "runs.start": ({ runs }) => runs.start("run", 7),
    "runs.start, twice": ({ runs }) => {
      runs.start("run", 7);
      runs.start("run", 8);
    },
    "runs.pinVersion": ({ runs }) => runs.pinVersion("run", 2),
    "runs.setPlanning": ({ runs }) => runs.setPlanning("run", true),
    "runs.end": ({ runs }) => void runs.end("run", ending),
    "queue.insert of one that is there": ({ queue }) => queue.insert({ ...ITEM, dueAtMs: 99 }),
    "queue.reschedule": ({ queue }) => queue.reschedule("item", 1, { dueAtMs: 8, queuedAtMs: 7 }),
    "queue.resetAttempt": ({ queue }) => queue.resetAttempt("item"),
    "queue.remove": ({ queue }) => queue.remove("item"),
    "queue.removeOfRun": ({ queue }) => void queue.removeOfRun("run"),
    "events.insert of one that is there": ({ events }) =>
      void events.insert({ ...EVENT, name: "other" }),
    "steps.insert": ({ steps }) => steps.insert("run", step("third", '{"data":"ü"}'), 3),
    "steps.insert of one that is there": ({ steps }) =>
      steps.insert("run", step("open", '{"data":1}'), 3),
    "steps.insert before others": ({ steps }) => steps.insert("run", step("third", "1"), 0),
    "steps.settle": ({ steps }) => steps.settle("run", settlement("open"), 3),
    "steps.settle of one that is settled": ({ steps }) =>
      steps.settle("run", settlement("done"), 3),
    "steps.copySettled": ({ steps }) => {
      steps.insert("other", step("copied", "1"), 1);
      steps.copySettled("other", { toRunId: "run", beforePosition: 2, atMs: 4 });
    },
    "history.removeRuns": ({ runs, history }) => {
      runs.end("run", ending);
      history.removeRuns({ untilMs: 100, runsMax: 9, rowsMax: 99 });
    },
    "history.removeEvents": ({ history }) => {
      db.exec("DELETE FROM runs");
      store.runs.memory.noteChange("run");
      history.removeEvents({ untilMs: 100, after: "", rowsMax: 9 });
    },
  };

  for (const [name, change] of Object.entries(WRITES)) {
    test(`after ${name}`, () => {
      read(store);
      void store.write(() => change(store));
      expect(read(store)).toEqual(read(new EngineStore(db)));
      flush();
      expect(read(store)).toEqual(read(new EngineStore(db)));
    });

    test(`after ${name} of a writer that failed`, async () => {
      const before = read(store);
      const failed = store.write(() => {
        change(store);
        read(store);
        throw new Error("no");
      });
      expect(failed).rejects.toThrow("no");
      expect(read(store)).toEqual(before);
      flush();
      await Promise.allSettled([failed]);
    });

    test(`after ${name} that the disk refused`, async () => {
      const before = read(store);
      const refused = store.write(() => change(store));
      read(store);
      db.exec("ROLLBACK");
      flush();
      expect(refused).rejects.toThrow("could not be written");
      await Promise.allSettled([refused]);
      expect(read(store)).toEqual(before);
    });
  }

  test("whatever is asked for twice is read once", () => {
    read(store);
    db.exec("UPDATE runs SET rank = 'x'; UPDATE steps SET value_json = 'x'");
    db.exec("UPDATE queue_items SET attempt = 9; UPDATE events SET payload_json = 'x'");
    expect(read(store)).not.toEqual(read(new EngineStore(db)));
    expect(read(store)).toMatchObject({
      run: { rank: null },
      item: { attempt: 3 },
      payload: expect.stringContaining("ü"),
    });
  });

  test("what a refused transaction had changed is no change of the next one (M3)", async () => {
    const refused = store.write(() => store.runs.start("run", 7));
    db.exec("ROLLBACK");
    flush();
    await Promise.allSettled([refused]);
    read(store);
    const failed = store.write(() => {
      throw new Error("no");
    });
    await Promise.allSettled([failed]);
    db.exec("UPDATE runs SET rank = 'x'");
    expect(store.runs.find("run")?.rank).toBeNull();
    flush();
  });

  test("a run that has ended is read each time", () => {
    void store.write(() => store.runs.end("run", ending));
    expect(store.runs.find("run")?.status).toBe("COMPLETED");
    expect([...store.runs.memory.entries()]).toEqual([]);
    flush();
  });
});
