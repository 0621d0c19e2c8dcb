import { Database } from "bun:sqlite";
import { beforeEach, expect, test } from "bun:test";
import { EngineStore } from "../store/engine-store.ts";
import { migrate } from "../store/migrate.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { Housekeeper } from "./housekeeper.ts";

const DAY_MS = 24 * 3_600_000;

let clock: VirtualClock;
let store: EngineStore;
let housekeeper: Housekeeper;
let flushes: (() => void)[];
let keptIds: () => unknown[];

beforeEach(() => {
  clock = new VirtualClock();
  flushes = [];
  const db = new Database(":memory:", { strict: true });
  migrate(db);
  store = new EngineStore(db, (flush) => flushes.push(flush));
  housekeeper = new Housekeeper({ store, clock, log: () => {} });
  keptIds = () => db.query("SELECT event_id FROM event_keys").values().flat();
});

/** The end of a turn of the event loop: what was written is committed, and its writers go on. */
async function endTurn(): Promise<void> {
  for (const flush of flushes.splice(0)) flush();
  await new Promise(setImmediate);
}

async function keep(eventId: string): Promise<void> {
  const written = store.write(() =>
    store.eventKeys.put("fn", eventId, { id: "run", nowMs: clock.nowMs() }),
  );
  await endTurn();
  await written;
}

test("event ids are dropped when their 24 hours are over, and younger ones are kept", async () => {
  await keep("old");
  clock.advanceMs(DAY_MS / 2);
  await keep("young");
  clock.advanceMs(DAY_MS / 2);
  housekeeper.start();
  clock.advanceMs(DAY_MS / 10);
  await endTurn();
  expect(keptIds()).toEqual(["young"]);
});

test("sweeping goes on for as long as the engine runs", async () => {
  housekeeper.start();
  for (let count = 0; count < 3; count += 1) {
    clock.advanceMs(DAY_MS);
    await endTurn();
    expect(clock.nextWakeMs()).not.toBeNull();
  }
});

test("nothing is left that would wake it after a stop, even in the middle of a sweep", async () => {
  housekeeper.start();
  clock.advanceMs(DAY_MS);
  housekeeper.stop();
  await endTurn();
  expect(clock.nextWakeMs()).toBeNull();
});
