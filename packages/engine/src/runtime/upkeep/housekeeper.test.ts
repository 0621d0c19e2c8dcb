import { Database } from "bun:sqlite";
import { beforeEach, expect, test } from "bun:test";
import { EngineStore } from "../../store/engine-store.ts";
import { migrate } from "../../store/migrate.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
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
  store = new EngineStore(db, { schedule: (flush) => flushes.push(flush) });
  housekeeper = new Housekeeper({ store, clock, log: () => {}, sweepHistory: async () => {} });
  keptIds = () => db.query("SELECT event_id FROM event_keys").values().flat();
});

/** Ends turns of the event loop, in each of which what was written is committed and its writers go on. */
async function endTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    for (const flush of flushes.splice(0)) flush();
    await new Promise(setImmediate);
  }
}

async function keep(eventId: string): Promise<void> {
  const written = store.write(() =>
    store.eventKeys.put("fn", eventId, { id: "run", nowMs: clock.nowMs() }),
  );
  await endTurns();
  await written;
}

test("event ids are dropped when their 24 hours are over, and younger ones are kept", async () => {
  await keep("old");
  clock.advanceMs(DAY_MS / 2);
  await keep("young");
  clock.advanceMs(DAY_MS / 2);
  housekeeper.start();
  clock.advanceMs(DAY_MS / 10);
  await endTurns();
  expect(keptIds()).toEqual(["young"]);
});

test("sweeping goes on for as long as the engine runs", async () => {
  housekeeper.start();
  for (let count = 0; count < 3; count += 1) {
    clock.advanceMs(DAY_MS);
    await endTurns();
    expect(clock.nextWakeMs()).not.toBeNull();
  }
});

test("nothing is left that would wake it after a stop, even in the middle of a sweep", async () => {
  housekeeper.start();
  clock.advanceMs(DAY_MS);
  housekeeper.stop();
  await endTurns();
  expect(clock.nextWakeMs()).toBeNull();
});
