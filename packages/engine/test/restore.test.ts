// A stopped engine's database: a backup takes its place, or it is written anew.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkFile } from "../src/store/files/check-file.ts";
import { restoreBackup } from "../src/store/files/restore-backup.ts";
import { compactFolder, openFolderBackup } from "../src/store/files/stopped-folder.ts";
import { writeBackup } from "../src/store/files/write-backup.ts";
import { DataFolder, readColumn } from "./data-folder.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 13);
const LARGE = "x".repeat(100_000);

let data: DataFolder;
let folder: string;
let backup: string;

beforeEach(() => {
  data = new DataFolder();
  folder = data.path;
  backup = join(data.scratch, "backup.db");
});
afterEach(() => data.remove());

const options = { mayReplace: false, nowMs: NOW_MS };

describe("restoring", () => {
  const restore = (file = backup) => restoreBackup({ backup: file, folder, nowMs: NOW_MS });

  async function backUp(): Promise<void> {
    const source = openFolderBackup(folder);
    await writeBackup(source, { ...options, mayReplace: true, file: backup });
    source.close();
  }

  test("brings back what the backup holds, and its runs go on", async () => {
    const eventId = await data.leaveDatabase(3);
    await backUp();
    rmSync(folder, { recursive: true });
    const { keptAs, report } = await restore();
    expect(keptAs).toBeNull();
    expect(report).toMatchObject({ runCount: 4, unfinishedCount: 1, findings: [] });
    const running = await data.start();
    running.clock.advanceMs(3_600_000);
    await running.settle();
    expect(running.runsOf(eventId)).toMatchObject([{ status: "COMPLETED" }]);
  });

  test("keeps the old database, with all that was in its log", async () => {
    await data.leaveDatabase(1);
    await backUp();
    const laterId = await (await data.start()).send();
    data.stop();
    const { keptAs } = await restore();
    expect(keptAs).toEndWith("engine.db.replaced-2026-11-24T13-00-00");
    expect(readColumn(keptAs ?? "", "events", "internal_id")).toContain(laterId);
    expect(readColumn(join(folder, "engine.db"), "events", "internal_id")).not.toContain(laterId);
    const again = await restore();
    expect(again.keptAs).toEndWith("13-00-00-2");
  });

  test("counts the engine's starts on, so that no late answer is taken for a new one's", async () => {
    await data.leaveDatabase(1);
    await backUp();
    for (let count = 0; count < 5; count += 1) {
      await data.start();
      data.stop();
    }
    await restore();
    expect(readColumn(join(folder, "engine.db"), "meta", "value")).toEqual(["6"]);
  });

  test("replaces a database that is damaged, and leaves no log of it that would be replayed", async () => {
    await data.leaveDatabase(1);
    await backUp();
    writeFileSync(join(folder, "engine.db"), "no database at all".repeat(1_000));
    writeFileSync(join(folder, "engine.db-wal"), "a log");
    const { keptAs } = await restore();
    expect(readFileSync(keptAs ?? "", "utf8")).toStartWith("no database");
    expect(existsSync(join(folder, "engine.db-wal"))).toBe(false);
    expect(Number(readColumn(join(folder, "engine.db"), "meta", "value")[0])).toBeGreaterThan(
      1_000_000,
    );
    await data.start();
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
    await data.leaveDatabase(5);
    make(backup);
    const before = readColumn(join(folder, "engine.db"), "runs", "id");
    await expect(restore()).rejects.toMatchObject({
      code: "BACKUP_REFUSED",
      message: expect.stringContaining("Nothing was changed"),
    });
    expect(readColumn(join(folder, "engine.db"), "runs", "id")).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.includes("restoring"))).toEqual([]);
  });

  test("refuses a backup of a later release", async () => {
    await data.leaveDatabase(1);
    await backUp();
    const db = new Database(backup);
    db.exec("PRAGMA user_version = 9999");
    db.close();
    await expect(restore()).rejects.toMatchObject({ code: "DATABASE_TOO_NEW" });
  });

  test("is refused while an engine runs", async () => {
    await data.leaveDatabase(1);
    await backUp();
    await data.start();
    await expect(restore()).rejects.toMatchObject({ code: "DATA_IN_USE" });
  });

  test("refuses half a database: one with a log beside it", async () => {
    await data.leaveDatabase(1);
    await backUp();
    writeFileSync(`${backup}-wal`, "a log");
    await expect(restore()).rejects.toMatchObject({
      code: "BACKUP_REFUSED",
      message: expect.stringContaining("backup.db-wal"),
    });
  });

  test("says when there is no such file", async () => {
    await expect(restore("/nowhere/backup.db")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("compacting", () => {
  const removeAll =
    "DELETE FROM failed_attempts; DELETE FROM steps; DELETE FROM runs; DELETE FROM events";

  async function leaveFreeRoom(): Promise<void> {
    const started = await data.start();
    for (let index = 0; index < 30; index += 1) await started.send("nobody", { LARGE });
    data.stop();
    const db = new Database(join(folder, "engine.db"));
    db.exec(removeAll);
    db.close();
  }

  test("a stopped engine's file takes the room that its rows need, and keeps them", async () => {
    const eventId = await data.leaveDatabase(3);
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
    const running = await data.start();
    running.clock.advanceMs(3_600_000);
    await running.settle();
    expect(running.runsOf(eventId)).toMatchObject([{ status: "COMPLETED" }]);
    // From now on it gives room back by itself.
    expect(await running.core.upkeep.compact()).toMatchObject({ givesBack: true });
  });

  test("a running engine gives its free room back", async () => {
    await leaveFreeRoom();
    const running = await data.start();
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
    await data.start();
    expect(() => compactFolder(folder)).toThrow(/Another engine uses/);
  });
});
