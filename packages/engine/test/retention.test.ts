// Ended runs and what belonged to them go when they are no longer kept; nothing of what goes on does.

import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionConfig } from "../src/core/function-config.ts";
import type { Retention } from "../src/core/retention.ts";
import { checkTables } from "../src/store/check/check-tables.ts";
import { openDatabase } from "../src/store/database.ts";
import { VirtualClock } from "../src/testing/virtual-clock.ts";
import { op, type RawAnswer, type RawCall, RawEngine } from "./raw-engine.ts";

const DAY_MS = 24 * 3_600_000;

let path: string;
let clock: VirtualClock;
let db: Database;
let engine: RawEngine;
let answer: (call: RawCall) => RawAnswer;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-retention-"));
  clock = new VirtualClock();
  answer = ({ steps }) => ({ body: ["a" in steps ? op.complete() : op.done("a")] });
});
afterEach(() => {
  engine.stop();
  rmSync(path, { recursive: true });
});

async function start(
  retention: Partial<Retention>,
  functions: readonly Partial<FunctionConfig>[] = [{}],
): Promise<void> {
  engine = new RawEngine({
    answer: (call) => answer(call),
    functions,
    storage: { kind: "directory", path },
    clock,
    retention: { keptMs: null, runsMax: null, ...retention },
    openDatabase: (file) => {
      db = openDatabase(file);
      return db;
    },
  });
  await engine.register();
}

/** Between two timers a sweep takes a few bites, each in a turn of its own. */
const TURNS_PER_TIMER = 15;

async function passMs(durationMs: number): Promise<void> {
  const untilMs = clock.nowMs() + durationMs;
  for (let nextMs = clock.nextWakeMs(); nextMs !== null && nextMs <= untilMs; ) {
    clock.advanceMs(Math.max(nextMs - clock.nowMs(), 0));
    for (let turn = 0; turn < TURNS_PER_TIMER; turn += 1) await new Promise(setImmediate);
    nextMs = clock.nextWakeMs();
  }
  clock.advanceMs(untilMs - clock.nowMs());
}

const countOf = (table: string) =>
  (db.query(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count;
const counts = () =>
  Object.fromEntries(["runs", "steps", "events"].map((table) => [table, countOf(table)]));

async function runOnce(): Promise<string> {
  const eventId = await engine.send();
  await engine.settle();
  return eventId;
}

describe("by age", () => {
  test("an ended run goes with its steps, its event and the events that it sent", async () => {
    await start({ keptMs: 10 * DAY_MS });
    await runOnce();
    expect(counts()).toEqual({ runs: 1, steps: 1, events: 2 });
    await passMs(9 * DAY_MS);
    expect(counts()).toEqual({ runs: 1, steps: 1, events: 2 });
    await passMs(2 * DAY_MS);
    expect(counts()).toEqual({ runs: 0, steps: 0, events: 0 });
  });

  test("attempts that failed go with their run", async () => {
    answer = () => ({ body: [op.failed("a")], headers: { "x-inngest-no-retry": "true" } });
    await start({ keptMs: DAY_MS });
    await runOnce();
    await passMs(3_600_000);
    expect(countOf("runs")).toBe(1);
    await passMs(2 * DAY_MS);
    expect([countOf("runs"), countOf("failed_attempts")]).toEqual([0, 0]);
  });

  test("a run that goes on keeps everything of its own, and ends as it would have", async () => {
    answer = ({ steps }) => {
      if (!("a" in steps)) return { body: [op.done("a")] };
      return { body: ["s" in steps ? op.complete() : op.sleep("s", "20d")] };
    };
    await start({ keptMs: 5 * DAY_MS });
    const eventId = await runOnce();
    await passMs(19 * DAY_MS);
    expect(engine.runsOf(eventId)[0]?.status).toBe("RUNNING");
    expect([countOf("steps"), countOf("events")]).toEqual([2, 1]);
    await passMs(2 * DAY_MS);
    expect(engine.runsOf(eventId)[0]?.status).toBe("COMPLETED");
  });

  test("an event stays for as long as one of its runs does", async () => {
    const functions = ["fast", "slow"].map((name) => ({ slug: `app-${name}`, name }));
    answer = ({ url, steps }) => {
      if (url.includes("fnId=app-fast")) return { body: [op.complete()] };
      return { body: ["s" in steps ? op.complete() : op.sleep("s", "60d")] };
    };
    await start({ keptMs: DAY_MS }, functions);
    const eventId = await runOnce();
    await passMs(10 * DAY_MS);
    expect(engine.runsOf(eventId)).toMatchObject([{ status: "RUNNING" }]);
    expect(engine.core.reads.findEvent(eventId)).not.toBeNull();
  });

  test("an event that started nothing goes, too", async () => {
    await start({ keptMs: DAY_MS });
    await engine.send("nobody/listens");
    await passMs(DAY_MS / 2);
    expect(countOf("events")).toBe(1);
    await passMs(DAY_MS);
    expect(countOf("events")).toBe(0);
  });

  test("a function that its app no longer has goes when its last run is gone, and the app with it", async () => {
    await start({ keptMs: DAY_MS });
    await runOnce();
    await engine.commands.removeApp("http://app.test/api/inngest");
    await passMs(DAY_MS / 2);
    expect([countOf("functions"), countOf("apps")]).toEqual([1, 1]);
    await passMs(DAY_MS);
    expect([countOf("functions"), countOf("apps"), countOf("syncs")]).toEqual([0, 0, 0]);
    await engine.register();
    const eventId = await runOnce();
    expect(engine.runsOf(eventId)).toMatchObject([{ status: "COMPLETED" }]);
  });

  test("a paused function stays, so that it is paused when its app has it again", async () => {
    await start({ keptMs: DAY_MS });
    db.exec("UPDATE functions SET paused_at_ms = 1");
    await engine.commands.removeApp("http://app.test/api/inngest");
    await passMs(3 * DAY_MS);
    expect(countOf("functions")).toBe(1);
  });

  test("events that are held for a run to come stay, however old, and those of a batch go with its last run", async () => {
    const timeoutMs = 20 * DAY_MS;
    const batch = { eventsMax: 10, timeoutMs };
    const debounce = { periodMs: timeoutMs };
    const functions = [
      { slug: "app-batched", name: "batched", batch },
      { slug: "app-debounced", name: "debounced", debounce },
    ];
    answer = () => ({ body: [op.complete()] });
    await start({ keptMs: DAY_MS }, functions);
    const eventIds = [await runOnce(), await runOnce()];
    await passMs(19 * DAY_MS);
    expect(counts()).toEqual({ runs: 0, steps: 0, events: 2 });
    await passMs(1.5 * DAY_MS);
    const [first = "", second = ""] = eventIds;
    expect(engine.runsOf(first)).toMatchObject([{ status: "COMPLETED" }]);
    expect(engine.runsOf(second)).toMatchObject([{ status: "COMPLETED" }, { status: "COMPLETED" }]);
    expect(countOf("batch_events")).toBe(2);

    const batchRun = engine.runsOf(first)[0]?.id ?? "";
    await engine.commands.rerun(batchRun);
    await passMs(0.8 * DAY_MS);
    // The repeat is younger, and has the same events.
    expect([countOf("runs"), countOf("batch_events")]).toEqual([1, 2]);
    await passMs(DAY_MS);
    expect([countOf("runs"), countOf("batch_events"), countOf("events")]).toEqual([0, 0, 0]);
  });

  test("for ever means for ever", async () => {
    await start({});
    await runOnce();
    await passMs(20 * DAY_MS);
    expect(countOf("runs")).toBe(1);
  });
});

describe("by number", () => {
  test("the oldest ends go first, and at once when the limit is passed by far", async () => {
    await start({ runsMax: 5 });
    const eventIds: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      eventIds.push(await runOnce());
      await passMs(1_000);
    }
    const kept = eventIds.filter((id) => engine.core.reads.findEvent(id) !== null);
    expect(kept).toEqual(eventIds.slice(-5));
    expect(countOf("runs")).toBe(5);
  });

  test("events of the engine's own go as far back as runs do", async () => {
    await start({ runsMax: 2 });
    for (let index = 0; index < 6; index += 1) {
      await runOnce();
      await passMs(1_000);
    }
    // Of each kept run the event and the one that tells of its end; of the last that went, the latter.
    expect(counts()).toEqual({ runs: 2, steps: 2, events: 5 });
  });

  test("runs that go on don't count", async () => {
    answer = () => ({ body: [op.sleep("s", "10d")] });
    await start({ runsMax: 1 });
    for (let index = 0; index < 4; index += 1) await runOnce();
    await passMs(DAY_MS);
    expect(countOf("runs")).toBe(4);
  });

  test("what ended before the engine's start counts", async () => {
    await start({});
    for (let index = 0; index < 4; index += 1) await runOnce();
    engine.stop();
    clock.advanceMs(1_000);
    await start({ runsMax: 3 });
    await passMs(3_600_000);
    expect(countOf("runs")).toBe(3);
  });
});

test("a crash at any bite leaves nothing that belongs to nothing, and the rest goes later", async () => {
  answer = ({ steps }) => {
    const count = Object.keys(steps).length;
    return { body: [count < 40 ? op.done(`step-${count}`) : op.complete()] };
  };
  await start({});
  for (let index = 0; index < 3; index += 1) await runOnce();
  expect(counts()).toEqual({ runs: 3, steps: 120, events: 6 });
  engine.stop();

  let crashCount = 0;
  for (; crashCount < 200; crashCount += 1) {
    await start({ keptMs: 0 });
    clock.advanceMs(10 * 60_000);
    // As many turns as there were crashes: each time it comes a little further.
    for (let turn = 0; turn < 6 + crashCount; turn += 1) await new Promise(setImmediate);
    engine.stop();
    await start({});
    expect(checkTables(db)).toEqual([]);
    const isDone = countOf("runs") === 0;
    engine.stop();
    if (isDone) break;
  }
  expect(crashCount).toBeGreaterThan(1);
  expect(crashCount).toBeLessThan(200);
  await start({});
  expect(counts()).toEqual({ runs: 0, steps: 0, events: expect.any(Number) });
}, 30_000);
