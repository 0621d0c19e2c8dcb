// Disks that give back something else than they were given, or take only a part of it: what was
// acknowledged and put into the file is there, the rest is a beginning of it, and what is wrong is said.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { checkTables } from "../src/store/check/check-tables.ts";
import { openDatabase } from "../src/store/database.ts";
import { op, type RawCall, RawEngine } from "./raw-engine.ts";

const PAGE_BYTES = 4_096;

let scratch: string;
let folder: string;
let engines: RawEngine[];

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "engine-disk-"));
  folder = join(scratch, "data");
  engines = [];
});
afterEach(() => {
  for (const engine of engines) engine.stop();
  rmSync(scratch, { recursive: true });
});

const answer = ({ steps }: RawCall) => ({ body: ["a" in steps ? op.complete() : op.done("a")] });

async function start(path: string, openFile?: (file: string) => Database): Promise<RawEngine> {
  const engine = new RawEngine({
    answer,
    storage: { kind: "directory", path },
    ...(openFile ? { openDatabase: openFile } : {}),
  });
  engines.push(engine);
  await engine.register();
  return engine;
}

function stop(engine: RawEngine): void {
  engine.stop();
  engines = engines.filter((other) => other !== engine);
}

describe("a log that is torn", () => {
  type Damage = (log: Buffer, at: number, length: number) => Buffer;
  const damages: Readonly<Record<string, Damage>> = {
    "cut off": (log, at) => log.subarray(0, at),
    "with other bytes in it": (log, at, length) => {
      const damaged = Buffer.from(log);
      for (let index = at; index < Math.min(at + length, log.length); index += 1) {
        damaged[index] = (damaged[index] ?? 0) ^ 0x5a;
      }
      return damaged;
    },
    "whose end is zeros": (log, at) =>
      Buffer.concat([log.subarray(0, at), Buffer.alloc(log.length - at)]),
    "that goes on with what it held before": (log, at) =>
      Buffer.concat([log.subarray(0, at), log.subarray(0, log.length - at)]),
  };

  /** The files as a killed engine leaves them, and what it had acknowledged: before and after a checkpoint. */
  async function crash(): Promise<{ settled: readonly string[]; all: readonly string[] }> {
    let db: Database | undefined;
    const engine = await start(join(scratch, "living"), (file) => {
      db = openDatabase(file);
      return db;
    });
    const all: string[] = [];
    const send = async (count: number): Promise<void> => {
      for (let index = 0; index < count; index += 1) {
        all.push(await engine.send("go", { index }));
        if (index % 3 === 0) await engine.settle();
      }
    };
    await send(6);
    await engine.settle();
    db?.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const settled = [...all];
    await send(10);
    for (const name of ["engine.db", "engine.db-wal"]) {
      copyFileSync(join(scratch, "living", name), join(scratch, name));
    }
    stop(engine);
    return { settled, all };
  }

  test.each(Object.entries(damages))(
    "%s, loses no more than its end, and the engine goes on",
    async (_, damage) => {
      const { settled, all } = await crash();
      const log = readFileSync(join(scratch, "engine.db-wal"));
      const place = fc.record({
        at: fc.integer({ min: 0, max: log.length }),
        length: fc.integer({ min: 1, max: 5_000 }),
      });
      await fc.assert(
        fc.asyncProperty(place, async ({ at, length }) => {
          mkdirSync(folder, { recursive: true });
          copyFileSync(join(scratch, "engine.db"), join(folder, "engine.db"));
          writeFileSync(join(folder, "engine.db-wal"), damage(log, at, length));
          let db: Database | undefined;
          const engine = await start(folder, (file) => {
            db = openDatabase(file);
            return db;
          });
          const found = all.filter((id) => engine.core.reads.findEvent(id) !== null);
          expect(found).toEqual(all.slice(0, found.length));
          expect(found.length).toBeGreaterThanOrEqual(settled.length);
          await engine.settle();
          const statuses = found.map((id) => engine.runsOf(id).map(({ status }) => status));
          expect(statuses).toEqual(found.map(() => ["COMPLETED"]));
          expect(db && checkTables(db, engine.clock.nowMs())).toEqual([]);
          stop(engine);
          rmSync(folder, { recursive: true });
        }),
        { numRuns: 25 },
      );
    },
    30_000,
  );

  test("nowhere, has all of it", async () => {
    const { all } = await crash();
    mkdirSync(folder);
    for (const name of ["engine.db", "engine.db-wal"]) {
      copyFileSync(join(scratch, name), join(folder, name));
    }
    const engine = await start(folder);
    expect(all.filter((id) => engine.core.reads.findEvent(id) === null)).toEqual([]);
  });
});

describe("a file that is damaged", () => {
  async function leaveDatabase(): Promise<void> {
    const engine = await start(folder);
    for (let index = 0; index < 30; index += 1) await engine.send();
    await engine.settle();
    // One that is still to come.
    const tsMs = engine.clock.nowMs() + 3_600_000;
    await engine.commands.acceptEvents([{ name: "go", data: {}, user: {}, tsMs }]);
    stop(engine);
  }

  function damage(table: string): void {
    const file = join(folder, "engine.db");
    const db = new Database(file, { readonly: true });
    const [[page] = []] = db
      .query("SELECT rootpage FROM sqlite_schema WHERE name = ?")
      .values(table);
    db.close();
    const bytes = readFileSync(file);
    const at = (Number(page) - 1) * PAGE_BYTES;
    bytes.fill(0x55, at, at + PAGE_BYTES);
    writeFileSync(file, bytes);
  }

  test.each(["sqlite_schema", "queue_items", "functions", "meta"])(
    "in %s keeps the engine from starting, and says what to do",
    async (table) => {
      await leaveDatabase();
      if (table === "sqlite_schema") writeFileSync(join(folder, "engine.db"), "?".repeat(50_000));
      else damage(table);
      await expect(start(folder)).rejects.toMatchObject({
        code: "DATABASE_DAMAGED",
        message: expect.stringMatching(/engine\.db is damaged .*igs engine restore BACKUP/),
      });
      // And the file is let go of: a restore must be able to take its lock.
      await expect(start(folder)).rejects.toMatchObject({ code: "DATABASE_DAMAGED" });
    },
  );

  test("that is shorter than it says is damaged, too", async () => {
    await leaveDatabase();
    const bytes = readFileSync(join(folder, "engine.db"));
    writeFileSync(join(folder, "engine.db"), bytes.subarray(0, bytes.length / 2));
    await expect(start(folder)).rejects.toMatchObject({ code: "DATABASE_DAMAGED" });
  });

  test("where only writes meet it refuses them, and says what to do", async () => {
    await leaveDatabase();
    damage("events");
    const engine = await start(folder);
    const failure = await engine.send().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringMatching(/nothing was acknowledged\. .*igs engine restore/),
    });
  });
});

test("a file that may not be written keeps the engine from starting, and says why", async () => {
  stop(await start(folder));
  const work = start(folder, (file) => new Database(file, { readonly: true, strict: true }));
  await expect(work).rejects.toMatchObject({
    code: "STORAGE_FAILED",
    message: expect.stringMatching(
      /engine\.db cannot be used \(.*readonly.*permissions of its folder/,
    ),
  });
});

test.each([
  ["a file stands where the folder should be", () => writeFileSync(folder, "a file")],
  [
    "a folder stands where the file should be",
    () => mkdirSync(join(folder, "engine.db"), { recursive: true }),
  ],
])("when %s, the engine says which one", async (_, prepare) => {
  prepare();
  await expect(start(folder)).rejects.toMatchObject({
    code: "STORAGE_FAILED",
    message: expect.stringContaining(join(folder, "engine.db")),
  });
});

describe("a disk that takes only a part of a write", () => {
  const canRaise = Bun.which("prlimit") !== null;
  const module = (path: string) => JSON.stringify(join(import.meta.dir, path));

  /** Sends until it is refused; then, where the limit can be raised, on. Ends as a crash does. */
  const script = (path: string) => `
    import { RawEngine, op } from ${module("raw-engine.ts")};
    const engine = new RawEngine({
      answer: ({ steps }) => ({ body: ["a" in steps ? op.complete() : op.done("a", "x".repeat(3_000))] }),
      storage: { kind: "directory", path: ${JSON.stringify(path)} },
    });
    await engine.register();
    const tell = (line) => process.stdout.write(JSON.stringify(line) + "\\n");
    const sendUntilRefused = async (countMax) => {
      for (let index = 0; index < countMax; index += 1) {
        try {
          tell({ acknowledged: await engine.send("go", { text: "y".repeat(3_000) }) });
          await engine.settle();
        } catch (error) {
          tell({ refused: error.code, message: error.message });
          return;
        }
      }
    };
    await sendUntilRefused(10_000);
    await sendUntilRefused(10_000);
    if (${canRaise}) {
      Bun.spawnSync(["prlimit", "--pid", String(process.pid), "--fsize=unlimited"]);
      engine.clock.advanceMs(60_000);
      await engine.settle();
      tell({ raised: true });
      await sendUntilRefused(20);
    }
    process.kill(process.pid, "SIGKILL");`;

  test("acknowledges nothing that it does not have, says so, and goes on when it takes all", async () => {
    // Files may grow to 1 MB (2,048 blocks of 512): the write that crosses it is cut short, the next fails.
    const limited = Bun.spawnSync(
      [
        ...["sh", "-c", 'trap "" XFSZ; ulimit -S -f 2048; exec "$@"', "sh"],
        ...[process.execPath, "-e", script(folder)],
      ],
      { cwd: import.meta.dir },
    );
    expect(limited.signalCode).toBe("SIGKILL");
    const lines = limited.stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const acknowledged = lines.flatMap((line) => line.acknowledged ?? []);
    const refusals = lines.filter(({ refused }) => refused !== undefined);
    expect(acknowledged.length).toBeGreaterThan(5);
    expect(refusals).toMatchObject([
      { refused: "STORAGE_FAILED", message: expect.stringContaining("Check free space") },
      { refused: "STORAGE_FAILED" },
    ]);
    if (canRaise) {
      const raisedAt = lines.findIndex(({ raised }) => raised);
      expect(lines.slice(raisedAt + 1).filter((line) => line.acknowledged)).toHaveLength(20);
    }

    let db: Database | undefined;
    const engine = await start(folder, (file) => {
      db = openDatabase(file);
      return db;
    });
    expect(acknowledged.filter((id) => engine.core.reads.findEvent(id) === null)).toEqual([]);
    await engine.settle();
    for (const id of acknowledged) {
      expect(engine.runsOf(id).map(({ status }) => status)).toEqual(["COMPLETED"]);
    }
    expect(db && checkTables(db, engine.clock.nowMs())).toEqual([]);
  }, 30_000);
});
