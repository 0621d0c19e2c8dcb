// A disk that fills up in the middle: nothing is acknowledged that is not stored, nothing is lost that
// was, and everything goes on by itself when there is room again.

import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { openDatabase } from "../src/store/database.ts";
import { op, type RawAnswer, type RawCall, RawEngine } from "./raw-engine.ts";

const LARGE = "x".repeat(200_000);
const ROOMY_PAGES = 1_000_000;

let engine: RawEngine;
let db: Database;
let answer: (call: RawCall) => RawAnswer | Promise<RawAnswer>;

beforeEach(async () => {
  engine = new RawEngine({
    answer: (call) => answer(call),
    openDatabase: (file) => {
      db = openDatabase(file);
      return db;
    },
  });
  await engine.register();
});
afterEach(() => engine.stop());

/** From now on the file may grow by so many pages of 4 KB. */
function leaveRoomFor(pages: number): void {
  const { page_count: count } = db.query("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${count + pages}`);
}

function makeRoom(): void {
  db.exec(`PRAGMA max_page_count = ${ROOMY_PAGES}`);
}

const countOf = (table: string) =>
  (db.query(`SELECT count(*) AS count FROM ${table}`).get() as { count: number }).count;

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("while the disk is full", () => {
  test("an event is refused as a whole, and accepted when there is room", async () => {
    answer = () => ({ body: [op.complete()] });
    leaveRoomFor(2);
    const failure = await failureOf(engine.send("go", { large: LARGE }));
    expect(failure).toMatchObject({ code: "STORAGE_FAILED" });
    expect([countOf("events"), countOf("runs"), countOf("queue_items")]).toEqual([0, 0, 0]);

    makeRoom();
    const id = await engine.send("go", { large: LARGE });
    await engine.settle();
    expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
  });

  test("an answer waits for room, and its call is not repeated", async () => {
    answer = ({ steps }) => {
      if ("a" in steps) return { body: [op.complete()] };
      leaveRoomFor(2);
      return { body: [op.done("a", LARGE)] };
    };
    const id = await engine.send();
    await engine.settle();
    engine.clock.advanceMs(5_000);
    await engine.settle();
    expect(engine.calls).toHaveLength(1);
    expect(engine.runsOf(id)[0]?.endedAtMs).toBeNull();

    makeRoom();
    engine.clock.advanceMs(60_000);
    await engine.settle();
    expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
    expect(engine.calls.map(({ steps }) => Object.keys(steps))).toEqual([[], ["a"]]);
  });

  test("a checkpoint is refused, and may be sent again in the same call", async () => {
    const outcomes: unknown[] = [];
    answer = async ({ runId, itemId, generationId }) => {
      const ops = [{ id: "a", displayName: "a", isRace: false, kind: "step-done", data: LARGE }];
      const checkpoint = { runId, itemId, generationId, ops } as const;
      leaveRoomFor(2);
      outcomes.push(await failureOf(engine.commands.checkpoint(checkpoint as never)));
      makeRoom();
      outcomes.push(await failureOf(engine.commands.checkpoint(checkpoint as never)));
      return { body: [op.complete()] };
    };
    const id = await engine.send();
    await engine.settle();
    expect(outcomes).toMatchObject([{ code: "STORAGE_FAILED" }, null]);
    expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
    expect(countOf("steps")).toBe(1);
  });

  test("an answer that waits for room hears of a step that is settled meanwhile", async () => {
    // Version 1 calls the function after each step. The one that the event settles asks for no call of
    // its own, because one is on its way: it is for that call's answer to ask for the next.
    const headers = { "x-inngest-req-version": "1" };
    answer = ({ steps }) => {
      if ("w" in steps) return { body: [op.complete()] };
      if (!("a" in steps)) return { headers, body: [op.wait("w", "told"), op.done("a")] };
      leaveRoomFor(2);
      return { headers, body: [{ ...op.sleep("s", "10h"), displayName: LARGE }] };
    };
    const id = await engine.send();
    await engine.settle();
    await engine.send("told");
    makeRoom();
    engine.clock.advanceMs(60_000);
    await engine.settle();
    expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
  });

  test("a timer that runs out while a cancellation is refused still moves its run", async () => {
    answer = ({ steps }) => ({ body: ["s" in steps ? op.complete() : op.sleep("s", "1h")] });
    const id = await engine.send();
    await engine.settle();
    leaveRoomFor(2);
    // All in one turn: the cancellation is written, the timer finds its item gone, the disk is full.
    const outcomes = Promise.allSettled([
      engine.commands.cancelRun(engine.runsOf(id)[0]?.id ?? ""),
      engine.clock.advanceMs(3_600_000),
      engine.send("go", { large: LARGE }),
    ]);
    expect((await outcomes).map(({ status }) => status)).toEqual([
      "rejected",
      "fulfilled",
      "rejected",
    ]);
    await engine.settle();
    makeRoom();
    engine.clock.advanceMs(60_000);
    await engine.settle();
    expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
  });
});
