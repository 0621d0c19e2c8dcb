// What the engine cannot store, whoever's fault it is, ends one run with a reason. It never keeps the
// run RUNNING for ever, and it holds up nobody else.

import type { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { openDatabase } from "../src/store/database.ts";
import { op, type RawAnswer, type RawCall, RawEngine } from "./raw-engine.ts";

let engine: RawEngine;
let db: Database;
afterEach(() => engine.stop());

async function start(
  answer: (call: RawCall) => RawAnswer | Promise<RawAnswer>,
  fetchElsewhere?: () => Promise<Response>,
): Promise<void> {
  engine = new RawEngine({
    answer,
    openDatabase: (file) => {
      db = openDatabase(file);
      return db;
    },
    ...(fetchElsewhere ? { fetchElsewhere } : {}),
  });
  await engine.register();
}

/** Makes the tables refuse a step of this name, as a fault in the engine's own SQL would. */
function refuseStep(name: string): void {
  db.exec(`CREATE TRIGGER refuse_insert BEFORE INSERT ON steps WHEN NEW.name = '${name}'
    BEGIN SELECT RAISE(ABORT, 'refused by a test'); END`);
}

describe("an answer that cannot be stored", () => {
  test("fails its run with the reason, at once and once", async () => {
    await start(() => ({ body: [op.done("bad")] }));
    refuseStep("bad");
    const id = await engine.send();
    await engine.settle();
    const [run] = engine.runsOf(id);
    expect(run).toMatchObject({
      status: "FAILED",
      outputJson: expect.stringContaining("refused by a test"),
    });
    expect(engine.calls).toHaveLength(1);
    expect(engine.ended).toHaveLength(1);
    expect(engine.logged.filter((line) => line.startsWith("error"))).toHaveLength(1);
  });

  test("of a model fails its run, and the model is not asked again", async () => {
    let askedCount = 0;
    await start(
      () => ({ body: [op.model("ask")] }),
      async () => {
        askedCount += 1;
        db.exec(`CREATE TRIGGER refuse_update BEFORE UPDATE ON steps
          BEGIN SELECT RAISE(ABORT, 'refused by a test'); END`);
        return Response.json({});
      },
    );
    const id = await engine.send();
    await engine.settle();
    expect(engine.runsOf(id)[0]?.status).toBe("FAILED");
    expect(askedCount).toBe(1);
  });

  test("leaves other runs alone", async () => {
    await start(({ steps }) => ({ body: ["ok" in steps ? op.complete() : op.done("ok")] }));
    refuseStep("bad");
    const id = await engine.send();
    await engine.settle();
    expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
  });
});

test("a timer that cannot be stored is tried again, without flooding the log", async () => {
  await start(({ steps }) => ({ body: ["s" in steps ? op.complete() : op.sleep("s", "1h")] }));
  const id = await engine.send();
  await engine.settle();
  db.exec(`CREATE TRIGGER refuse_update BEFORE UPDATE ON steps
    BEGIN SELECT RAISE(ABORT, 'refused by a test'); END`);
  engine.clock.advanceMs(3_600_000);
  await engine.settle();
  for (let seconds = 0; seconds < 120; seconds += 1) {
    engine.clock.advanceMs(1_000);
    await engine.settle();
  }
  expect(engine.logged.length).toBeGreaterThan(1);
  expect(engine.logged.length).toBeLessThan(5);
  db.exec("DROP TRIGGER refuse_update");
  engine.clock.advanceMs(60_000);
  await engine.settle();
  expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
});

test("a step's times that no calendar has are not taken over", async () => {
  await start(({ steps }) => ({
    body: ["a" in steps ? op.complete() : { ...op.done("a"), timing: { a: 1e300, b: 1e300 } }],
  }));
  const id = await engine.send();
  await engine.settle();
  expect(engine.runsOf(id)[0]?.status).toBe("COMPLETED");
});
