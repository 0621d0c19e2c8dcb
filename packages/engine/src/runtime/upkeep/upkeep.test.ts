import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { EngineStore } from "../../store/engine-store.ts";
import { migrate } from "../../store/migrate.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Upkeep } from "./upkeep.ts";

let clock: VirtualClock;
let db: Database;
let logBytes: number;
let endCount: number;
let upkeep: Upkeep;

beforeEach(() => {
  clock = new VirtualClock();
  db = new Database(":memory:", { strict: true });
  migrate(db);
  logBytes = 0;
  endCount = 0;
  const snapshot = {
    sizeBytes: 10,
    read: async () => new Uint8Array(1),
    logBytes: () => logBytes,
    end: () => {
      endCount += 1;
    },
  };
  const snapshots = { isUnderWay: false, begin: () => snapshot };
  upkeep = new Upkeep({
    store: new EngineStore(db),
    clock,
    files: { folder: tmpdir(), snapshots },
  });
});
afterEach(() => db.close());

test("a backup that is read from goes on for as long as it takes", async () => {
  const backup = upkeep.openBackup();
  for (let second = 0; second < 600; second += 30) {
    clock.advanceMs(30_000);
    await backup.read();
  }
  expect(endCount).toBe(0);
});

test("a backup that nobody reads from is ended, and says so to who comes late", async () => {
  const backup = upkeep.openBackup();
  clock.advanceMs(62_000);
  expect(endCount).toBe(1);
  await expect(backup.read()).rejects.toThrow(/nobody has read from it for 60 seconds/);
  expect(clock.nextWakeMs()).toBeNull();
});

test("a log that grows too long ends the backup within a second", async () => {
  const backup = upkeep.openBackup();
  logBytes = 300 * 1024 * 1024;
  clock.advanceMs(1_000);
  expect(endCount).toBe(1);
  await expect(backup.read()).rejects.toMatchObject({
    code: "BACKUP_ABANDONED",
    message: expect.stringMatching(/written more than 256 MB meanwhile/),
  });
});

test("after its end nothing is left that would look after it", () => {
  upkeep.openBackup().end();
  expect([endCount, clock.nextWakeMs()]).toEqual([1, null]);
});
