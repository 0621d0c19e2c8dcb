// The database copied while the engine goes on, and the file that becomes of it.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../src/store/database.ts";
import { Snapshots } from "../src/store/files/snapshots.ts";
import { openFolderBackup } from "../src/store/files/stopped-folder.ts";
import { writeBackup } from "../src/store/files/write-backup.ts";
import { DataFolder, readColumn } from "./data-folder.ts";
import { RawEngine } from "./raw-engine.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 13);
const LARGE = "x".repeat(100_000);

let data: DataFolder;
let scratch: string;
let folder: string;
let backup: string;

beforeEach(() => {
  data = new DataFolder();
  ({ scratch, path: folder } = data);
  backup = join(scratch, "backup.db");
});
afterEach(() => data.remove());

const options = { mayReplace: false, nowMs: NOW_MS };

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

describe("a backup of a running engine", () => {
  test("holds what was stored at its first moment, whatever is written meanwhile", async () => {
    const running = await data.start();
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
      readColumn(backup, "events", "internal_id").filter((id) => before.includes(id as string)),
    ).toEqual(before);
  }, 20_000);

  test("leaves the lock where it was, and the engine able to go on", async () => {
    const running = await data.start();
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
    const running = await data.start();
    const source = running.core.upkeep.openBackup();
    await writeBackup(source, { ...options, file: backup });
    source.end();
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(readdirSync(scratch).toSorted()).toEqual(["backup.db", "data"]);
  });

  test("is made one at a time, and after an end another can be made", async () => {
    const { upkeep } = (await data.start()).core;
    const first = upkeep.openBackup();
    expect(() => upkeep.openBackup()).toThrow(/backup is being made/);
    await expect(upkeep.compact()).rejects.toMatchObject({ code: "UPKEEP_BUSY" });
    first.end();
    upkeep.openBackup().end();
  });

  test("that is ended gives no more bytes: they could be of another moment", async () => {
    const { upkeep } = (await data.start()).core;
    const source = upkeep.openBackup();
    source.end();
    await expect(source.read()).rejects.toMatchObject({ code: "BACKUP_ABANDONED" });
  });

  test("breaks off when the engine stops", async () => {
    const running = await data.start();
    const source = running.core.upkeep.openBackup();
    data.stop();
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
    const engine = new RawEngine({ answer: (call) => data.answer(call) });
    expect(() => engine.core.upkeep.openBackup()).toThrow(/in memory only/);
    engine.stop();
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
    await data.leaveDatabase(1);
    writeFileSync(backup, "mine");
    const source = openFolderBackup(folder);
    await expect(writeBackup(source, { ...options, file: backup })).rejects.toMatchObject({
      code: "BACKUP_REFUSED",
    });
    expect(readFileSync(backup, "utf8")).toBe("mine");
    await writeBackup(source, { ...options, mayReplace: true, file: backup });
    source.close();
    expect(readColumn(backup, "runs", "id")).toHaveLength(2);
  });

  test("leaves a file alone that comes while it is written", async () => {
    await data.leaveDatabase(1);
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
    await data.leaveDatabase(20);
    const { bytes, size } = damage(readFileSync(join(folder, "engine.db")));
    const source = { ...sourceOf(bytes), sizeBytes: size };
    await expect(writeBackup(source, { ...options, file: backup })).rejects.toThrow(/backup/i);
    expect(readdirSync(scratch)).toEqual(["data"]);
  });

  test("that is interrupted leaves nothing", async () => {
    await data.leaveDatabase(1);
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
