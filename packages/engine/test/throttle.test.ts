import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../src/store/database.ts";
import { EngineHarness } from "./engine-harness.ts";
import { op, RawEngine } from "./raw-engine.ts";

let harness: EngineHarness;
let path: string;
let beganAtMs: number;
let db: Database;
/** What ran, and how many seconds after the beginning. */
let ran: [name: string, atSeconds: number][];

async function start(throttle: { limit: number; period: "1m"; burst?: number; key?: string }) {
  harness = new EngineHarness({
    storage: { kind: "directory", path },
    openDatabase: (file) => {
      db = openDatabase(file);
      return db;
    },
    functions: (inngest) => [
      inngest.createFunction(
        { id: "slow", throttle, concurrency: 5, triggers: [{ event: "go" }] },
        async ({ event, step }) => {
          ran.push([event.data.name, (harness.clock.nowMs() - beganAtMs) / 1_000]);
          await step.run("a", () => 1);
          await step.sleep("nap", "1s");
          await step.run("b", () => 1);
        },
      ),
    ],
  });
  await harness.sync();
  beganAtMs = harness.clock.nowMs();
}

async function send(...names: string[]): Promise<void> {
  for (const name of names) await harness.send({ name: "go", data: { name, key: name[0] } });
}

/** When each run was first called. */
function starts(): [string, number][] {
  const seen = new Set<string>();
  return ran.filter(([name]) => !seen.has(name) && seen.add(name));
}

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "engine-"));
  ran = [];
});

afterEach(async () => {
  await harness.stop();
  rmSync(path, { recursive: true });
});

describe("throttle", () => {
  test("starts runs at its pace, oldest first, and loses none", async () => {
    await start({ limit: 6, period: "1m" });
    await send("a", "b", "c", "d");
    await harness.advanceUntil(() => starts().length === 4);
    expect(starts()).toEqual([
      ["a", 0],
      ["b", 10],
      ["c", 20],
      ["d", 30],
    ]);
  });

  test("lets a burst through at once, and then keeps its pace", async () => {
    await start({ limit: 6, period: "1m", burst: 1 });
    await send("a", "b", "c");
    await harness.advanceUntil(() => starts().length === 3);
    expect(starts()).toEqual([
      ["a", 0],
      ["b", 0],
      ["c", 10],
    ]);
  });

  test("counts each key by itself", async () => {
    await start({ limit: 6, period: "1m", key: "event.data.key" });
    await send("a1", "a2", "b1", "b2");
    await harness.advanceUntil(() => starts().length === 4);
    expect(starts().toSorted()).toEqual([
      ["a1", 0],
      ["a2", 10],
      ["b1", 0],
      ["b2", 10],
    ]);
  });

  test("goes on after a restart where it was, and after downtime starts no crowd", async () => {
    await start({ limit: 6, period: "1m" });
    await send("a", "b", "c", "d");
    await harness.settle();
    await harness.crashAndRestart();
    await harness.settle();
    expect(starts()).toEqual([["a", 0]]);
    await harness.downFor(60_000);
    await harness.advanceUntil(() => starts().length === 4);
    expect(starts()).toEqual([
      ["a", 0],
      ["b", 60],
      ["c", 70],
      ["d", 80],
    ]);
  });

  test("does not hold a place for a run that was cancelled while it waited", async () => {
    await start({ limit: 6, period: "1m" });
    await send("a");
    const id = await harness.send({ name: "go", data: { name: "b" } });
    await send("c");
    await harness.settle();
    await harness.commands.cancelRun((await harness.runsOf(id))[0]?.id ?? "");
    await harness.advanceUntil(() => starts().length === 2);
    expect(starts()).toEqual([
      ["a", 0],
      ["c", 10],
    ]);
  });

  test("starts no one too many when the disk refused the start (B1)", async () => {
    await start({ limit: 6, period: "1m" });
    const ts = beganAtMs + 10_000;
    for (const name of ["a", "b"]) await harness.send({ name: "go", data: { name }, ts });
    db.exec("PRAGMA query_only = 1");
    harness.clock.advanceMs(10_000);
    await harness.settle();
    expect(ran).toEqual([]);
    db.exec("PRAGMA query_only = 0");
    await harness.advanceUntil(() => starts().length === 2);
    expect(starts()).toEqual([
      ["a", 11],
      ["b", 21],
    ]);
  });

  test("does not call a run that is cancelled while its start is stored", async () => {
    await start({ limit: 6, period: "1m" });
    const ts = beganAtMs + 10_000;
    const id = await harness.send({ name: "go", data: { name: "a" }, ts });
    const runId = (await harness.runsOf(id))[0]?.id ?? "";
    harness.clock.advanceMs(10_000);
    // In the same turn: after the start was written, before the disk has it.
    await harness.commands.cancelRun(runId);
    await harness.settle();
    expect(ran).toEqual([]);
    expect((await harness.runsOf(id))[0]?.status).toBe("Cancelled");
  });

  test("is passed once by a run whose app was down at its start", async () => {
    await start({ limit: 1, period: "1m" });
    harness.isAppDown = true;
    await send("a");
    await harness.settle();
    harness.isAppDown = false;
    await harness.sync();
    await harness.settle();
    expect(starts()).toEqual([["a", 0]]);
  });
});

test("the call of a throttled run leaves when its start and its mark are on the disk (B1)", async () => {
  let database: Database | undefined;
  const wereWritesOpen: (boolean | undefined)[] = [];
  const engine = new RawEngine({
    functions: [{ throttle: { limit: 1, periodMs: 1_000, burst: 0 } }],
    openDatabase: (file) => {
      database = openDatabase(file);
      return database;
    },
    answer: () => {
      wereWritesOpen.push(database?.inTransaction);
      return { body: [op.complete()] };
    },
  });
  await engine.register();
  await engine.send();
  await engine.settle();
  engine.stop();
  expect(wereWritesOpen).toEqual([false]);
});
