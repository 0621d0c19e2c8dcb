// The database as a whole: copied while the engine goes on, put back, compacted, checked.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../src/store/database.ts";
import { checkFile } from "../src/store/files/check-file.ts";
import { restoreBackup } from "../src/store/files/restore-backup.ts";
import { Snapshots } from "../src/store/files/snapshots.ts";
import { compactFolder, openFolderBackup } from "../src/store/files/stopped-folder.ts";
import { writeBackup } from "../src/store/files/write-backup.ts";
import { op, type RawAnswer, type RawCall, RawEngine } from "./raw-engine.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 13);
const LARGE = "x".repeat(100_000);

let scratch: string;
let folder: string;
let backup: string;
let engine: RawEngine | undefined;
let answer: (call: RawCall) => RawAnswer;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "engine-backup-"));
  folder = join(scratch, "data");
  backup = join(scratch, "backup.db");
  answer = ({ steps }) => ({ body: ["a" in steps ? op.complete() : op.done("a")] });
});
afterEach(() => {
  stop();
  rmSync(scratch, { recursive: true });
});

async function start(path = folder): Promise<RawEngine> {
  const started = new RawEngine({
    answer: (call) => answer(call),
    storage: { kind: "directory", path },
  });
  await started.register();
  engine = started;
  return started;
}

function stop(): void {
  engine?.stop();
  engine = undefined;
}

const options = { mayReplace: false, nowMs: NOW_MS };

/** Makes the engine's file with so many ended runs and one that sleeps, and stops the engine. */
async function leaveDatabase(runCount: number): Promise<string> {
  const started = await start();
  for (let index = 0; index < runCount; index += 1) await started.send();
  await started.settle();
  answer = ({ steps }) => ({ body: ["s" in steps ? op.complete() : op.sleep("s", "1h")] });
  const eventId = await started.send();
  await started.settle();
  stop();
  return eventId;
}

/** As SQLite itself words it. */
function fullDiskError(): unknown {
  const db = new Database(":memory:");
  db.exec("CREATE TABLE x (y); PRAGMA max_page_count = 2");
  try {
    db.exec("INSERT INTO x VALUES (zeroblob(100000))");
  } catch (error) {
    return error;
  } finally {
    db.close();
  }
  throw new Error("the disk took it");
}

const idsIn = (file: string, table: string, column: string): unknown[] => {
  const db = new Database(file, { readonly: true });
  const ids = db.query(`SELECT ${column} FROM ${table} ORDER BY 1`).values().flat();
  db.close();
  return ids;
};

describe("a backup of a running engine", () => {
  test("holds what was stored at its first moment, whatever is written meanwhile", async () => {
    const running = await start();
    const before: string[] = [];
    for (let index = 0; index < 40; index += 1) before.push(await running.send("go", { LARGE }));
    await running.settle();

    const source = running.core.upkeep.openBackup();
    const report = await writeBackup(
      {
        sizeBytes: source.sizeBytes,
        read: async () => {
          // Far more between two bites than what is otherwise moved into the file at once.
          for (let index = 0; index < 40; index += 1) await running.send("go", { LARGE });
          await running.settle();
          return source.read();
        },
      },
      { ...options, file: backup },
    );
    source.end();
    expect(source.sizeBytes).toBeGreaterThan(4 * 1024 * 1024);
    expect(report).toMatchObject({ runCount: 40, unfinishedCount: 0, findings: [] });
    expect(
      idsIn(backup, "events", "internal_id").filter((id) => before.includes(id as string)),
    ).toEqual(before);
  }, 20_000);

  test("leaves the lock where it was, and the engine able to go on", async () => {
    const running = await start();
    await running.send();
    const source = running.core.upkeep.openBackup();
    await writeBackup(source, { ...options, file: backup });
    source.end();
    const second = Bun.spawnSync([
      process.execPath,
      "-e",
      `const { openDatabase } = await import(${JSON.stringify(join(import.meta.dir, "../src/store/database.ts"))});
       openDatabase(${JSON.stringify(join(folder, "engine.db"))});`,
    ]);
    expect(second.stderr.toString()).toContain("Another engine uses");
    const eventId = await running.send();
    await running.settle();
    expect(running.runsOf(eventId)).toMatchObject([{ status: "COMPLETED" }]);
  });

  test("is one file that only its owner reads, and leaves nothing beside it", async () => {
    const running = await start();
    const source = running.core.upkeep.openBackup();
    await writeBackup(source, { ...options, file: backup });
    source.end();
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(readdirSync(scratch).toSorted()).toEqual(["backup.db", "data"]);
  });

  test("is made one at a time, and after an end another can be made", async () => {
    const { upkeep } = (await start()).core;
    const first = upkeep.openBackup();
    expect(() => upkeep.openBackup()).toThrow(/backup is being made/);
    await expect(upkeep.compact()).rejects.toMatchObject({ code: "UPKEEP_BUSY" });
    first.end();
    upkeep.openBackup().end();
  });

  test("that is ended gives no more bytes: they could be of another moment", async () => {
    const { upkeep } = (await start()).core;
    const source = upkeep.openBackup();
    source.end();
    await expect(source.read()).rejects.toMatchObject({ code: "BACKUP_ABANDONED" });
  });

  test("breaks off when the engine stops", async () => {
    const running = await start();
    const source = running.core.upkeep.openBackup();
    stop();
    await expect(writeBackup(source, { ...options, file: backup })).rejects.toMatchObject({
      code: "BACKUP_ABANDONED",
    });
    expect(existsSync(backup)).toBe(false);
  });

  test("is refused while the disk has no room for what its log holds, and made once it has", () => {
    mkdirSync(folder);
    const db = openDatabase(join(folder, "engine.db"));
    const snapshots = new Snapshots(db, join(folder, "engine.db"));
    const query = db.query.bind(db);
    const full = fullDiskError();
    db.query = ((sql: string) => {
      if (sql.includes("wal_checkpoint")) throw full;
      return query(sql);
    }) as typeof db.query;
    expect(() => snapshots.begin()).toThrow(
      expect.objectContaining({
        code: "STORAGE_FAILED",
        message: expect.stringContaining("Check free space"),
      }),
    );
    db.query = query;
    snapshots.begin().end();
    snapshots.closeWith(() => db.close());
  });

  test("of an engine in memory is refused", async () => {
    engine = new RawEngine({ answer: (call) => answer(call) });
    expect(() => engine?.core.upkeep.openBackup()).toThrow(/in memory only/);
  });
});

describe("writing a backup", () => {
  const sourceOf = (bytes: Uint8Array) => {
    let isRead = false;
    return {
      sizeBytes: bytes.length,
      read: async () => {
        if (isRead) return null;
        isRead = true;
        return bytes;
      },
    };
  };

  test("leaves a file that is there alone, unless told otherwise", async () => {
    await leaveDatabase(1);
    writeFileSync(backup, "mine");
    const source = openFolderBackup(folder);
    await expect(writeBackup(source, { ...options, file: backup })).rejects.toMatchObject({
      code: "BACKUP_REFUSED",
    });
    expect(readFileSync(backup, "utf8")).toBe("mine");
    await writeBackup(source, { ...options, mayReplace: true, file: backup });
    source.close();
    expect(idsIn(backup, "runs", "id")).toHaveLength(2);
  });

  test("leaves a file alone that comes while it is written", async () => {
    await leaveDatabase(1);
    const source = openFolderBackup(folder);
    const late = {
      sizeBytes: source.sizeBytes,
      read: async () => {
        writeFileSync(backup, "mine");
        return source.read();
      },
    };
    await expect(writeBackup(late, { ...options, file: backup })).rejects.toMatchObject({
      code: "BACKUP_REFUSED",
    });
    source.close();
    expect(readFileSync(backup, "utf8")).toBe("mine");
  });

  test.each([
    [
      "that is cut short",
      (bytes: Uint8Array) => ({ bytes: bytes.subarray(0, 8_192), size: bytes.length }),
    ],
    [
      "with a page that is not its own",
      (bytes: Uint8Array) => {
        const broken = bytes.slice();
        broken.fill(0x55, 5 * 4_096, 6 * 4_096);
        return { bytes: broken, size: bytes.length };
      },
    ],
    ["of something else", () => ({ bytes: new TextEncoder().encode(LARGE), size: LARGE.length })],
  ])("one %s is not called done, and leaves nothing", async (_, damage) => {
    await leaveDatabase(20);
    const { bytes, size } = damage(readFileSync(join(folder, "engine.db")));
    const source = { ...sourceOf(bytes), sizeBytes: size };
    await expect(writeBackup(source, { ...options, file: backup })).rejects.toThrow(/backup/i);
    expect(readdirSync(scratch)).toEqual(["data"]);
  });

  test("that is interrupted leaves nothing", async () => {
    await leaveDatabase(1);
    const stopping = new AbortController();
    const source = openFolderBackup(folder);
    const work = writeBackup(source, {
      ...options,
      file: backup,
      signal: stopping.signal,
      onProgress: () => stopping.abort("SIGINT"),
    });
    await expect(work).rejects.toBe("SIGINT");
    source.close();
    expect(readdirSync(scratch)).toEqual(["data"]);
  });
});

describe("restoring", () => {
  const restore = (file = backup) => restoreBackup({ backup: file, folder, nowMs: NOW_MS });

  async function backUp(): Promise<void> {
    const source = openFolderBackup(folder);
    await writeBackup(source, { ...options, mayReplace: true, file: backup });
    source.close();
  }

  test("brings back what the backup holds, and its runs go on", async () => {
    const eventId = await leaveDatabase(3);
    await backUp();
    rmSync(folder, { recursive: true });
    const { keptAs, report } = await restore();
    expect(keptAs).toBeNull();
    expect(report).toMatchObject({ runCount: 4, unfinishedCount: 1, findings: [] });
    const running = await start();
    running.clock.advanceMs(3_600_000);
    await running.settle();
    expect(running.runsOf(eventId)).toMatchObject([{ status: "COMPLETED" }]);
  });

  test("keeps the old database, with all that was in its log", async () => {
    await leaveDatabase(1);
    await backUp();
    const laterId = await (await start()).send();
    stop();
    const { keptAs } = await restore();
    expect(keptAs).toEndWith("engine.db.replaced-2026-11-24T13-00-00");
    expect(idsIn(keptAs ?? "", "events", "internal_id")).toContain(laterId);
    expect(idsIn(join(folder, "engine.db"), "events", "internal_id")).not.toContain(laterId);
    const again = await restore();
    expect(again.keptAs).toEndWith("13-00-00-2");
  });

  test("counts the engine's starts on, so that no late answer is taken for a new one's", async () => {
    await leaveDatabase(1);
    await backUp();
    for (let count = 0; count < 5; count += 1) {
      await start();
      stop();
    }
    await restore();
    expect(idsIn(join(folder, "engine.db"), "meta", "value")).toEqual(["6"]);
  });

  test("replaces a database that is damaged, and leaves no log of it that would be replayed", async () => {
    await leaveDatabase(1);
    await backUp();
    writeFileSync(join(folder, "engine.db"), "no database at all".repeat(1_000));
    writeFileSync(join(folder, "engine.db-wal"), "a log");
    const { keptAs } = await restore();
    expect(readFileSync(keptAs ?? "", "utf8")).toStartWith("no database");
    expect(existsSync(join(folder, "engine.db-wal"))).toBe(false);
    expect(Number(idsIn(join(folder, "engine.db"), "meta", "value")[0])).toBeGreaterThan(1_000_000);
    await start();
  });

  test.each([
    ["no database", (file: string) => writeFileSync(file, "a letter to my mother".repeat(500))],
    ["another program's database", (file: string) => new Database(file).exec("CREATE TABLE x (y)")],
    [
      "damaged",
      (file: string) => {
        const bytes = readFileSync(join(folder, "engine.db"));
        bytes.fill(0x55, 4 * 4_096, 8 * 4_096);
        writeFileSync(file, bytes);
      },
    ],
  ])("refuses what is %s, and changes nothing", async (_, make) => {
    await leaveDatabase(5);
    make(backup);
    const before = idsIn(join(folder, "engine.db"), "runs", "id");
    await expect(restore()).rejects.toMatchObject({
      code: "BACKUP_REFUSED",
      message: expect.stringContaining("Nothing was changed"),
    });
    expect(idsIn(join(folder, "engine.db"), "runs", "id")).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.includes("restoring"))).toEqual([]);
  });

  test("refuses a backup of a later release", async () => {
    await leaveDatabase(1);
    await backUp();
    const db = new Database(backup);
    db.exec("PRAGMA user_version = 9999");
    db.close();
    await expect(restore()).rejects.toMatchObject({ code: "DATABASE_TOO_NEW" });
  });

  test("is refused while an engine runs", async () => {
    await leaveDatabase(1);
    await backUp();
    await start();
    await expect(restore()).rejects.toMatchObject({ code: "DATA_IN_USE" });
  });

  test("says when there is no such file", async () => {
    await expect(restore("/nowhere/backup.db")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("compacting", () => {
  const removeAll =
    "DELETE FROM failed_attempts; DELETE FROM steps; DELETE FROM runs; DELETE FROM events";

  async function leaveFreeRoom(): Promise<void> {
    const started = await start();
    for (let index = 0; index < 30; index += 1) await started.send("nobody", { LARGE });
    stop();
    const db = new Database(join(folder, "engine.db"));
    db.exec(removeAll);
    db.close();
  }

  test("a stopped engine's file takes the room that its rows need, and keeps them", async () => {
    const eventId = await leaveDatabase(3);
    const db = new Database(join(folder, "engine.db"));
    db.exec("PRAGMA auto_vacuum = NONE; VACUUM; CREATE TABLE ballast (x); ");
    db.query("INSERT INTO ballast VALUES (?)").run("x".repeat(5_000_000));
    db.exec("DROP TABLE ballast");
    db.close();
    const { before, after } = compactFolder(folder);
    expect(before.freeBytes).toBeGreaterThan(4_000_000);
    expect(after.fileBytes).toBeLessThan(before.fileBytes - 4_000_000);
    expect(readdirSync(folder)).toEqual(["engine.db"]);
    expect((await checkFile(join(folder, "engine.db"), { nowMs: NOW_MS })).findings).toEqual([]);
    const running = await start();
    running.clock.advanceMs(3_600_000);
    await running.settle();
    expect(running.runsOf(eventId)).toMatchObject([{ status: "COMPLETED" }]);
    // From now on it gives room back by itself.
    expect(await running.core.upkeep.compact()).toMatchObject({ givesBack: true });
  });

  test("a running engine gives its free room back", async () => {
    await leaveFreeRoom();
    const running = await start();
    const work = running.core.upkeep.compact();
    for (let turn = 0; turn < 50; turn += 1) {
      running.clock.advanceMs(100);
      await running.settle();
    }
    const { before, after } = await work;
    expect(before.freeBytes).toBeGreaterThan(2_000_000);
    expect(after.freeBytes).toBe(0);
    expect(statSync(join(folder, "engine.db")).size).toBe(after.fileBytes);
    expect(after.fileBytes).toBeLessThan(before.fileBytes - 2_000_000);
  });

  test("is refused where an engine runs", async () => {
    await start();
    expect(() => compactFolder(folder)).toThrow(/Another engine uses/);
  });
});
