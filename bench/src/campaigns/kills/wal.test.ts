import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../random.ts";
import { LOG_ENDINGS } from "./torn-copy.ts";
import { readWalShape } from "./wal.ts";

const ROWS = 20;
/** More than the cache holds, so that pages are written before their transaction ends. */
const BIG_BYTES = 200_000;

let directory: string;
let db: Database;
const file = () => join(directory, "a.db");
const readWal = () => readFileSync(`${file()}-wal`);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "wal-"));
  db = new Database(file());
  db.exec("PRAGMA journal_mode = WAL; PRAGMA cache_size = 2; CREATE TABLE t (text)");
  for (let index = 0; index < ROWS; index += 1) db.exec("INSERT INTO t VALUES ('committed')");
});
afterEach(() => {
  db.close();
  rmSync(directory, { recursive: true });
});

test("a log is committed up to its end when each of its transactions came to its own", () => {
  const wal = readWal();
  expect(readWalShape(wal)).toMatchObject({ committedBytes: wal.length, unfinishedFrames: 0 });
});

test("what a transaction in its middle has written is not committed", () => {
  const { length } = readWal();
  db.exec(`BEGIN; INSERT INTO t VALUES (hex(randomblob(${BIG_BYTES})))`);
  const shape = readWalShape(readWal());
  expect(shape.committedBytes).toBe(length);
  expect(shape.unfinishedFrames).toBeGreaterThan(0);
  db.exec("ROLLBACK");
});

test("a damaged frame ends the log", () => {
  const wal = readWal();
  const { pageBytes } = readWalShape(wal);
  const lastAt = wal.length - pageBytes / 2;
  wal.writeUInt8(wal.readUInt8(lastAt) ^ 1, lastAt);
  expect(readWalShape(wal).committedBytes).toBeLessThan(wal.length);
});

test("what is no log has nothing committed", () => {
  expect(readWalShape(Buffer.alloc(100, "x")).committedBytes).toBe(0);
  expect(readWalShape(Buffer.alloc(0)).committedBytes).toBe(0);
});

describe("a torn log that ends with", () => {
  test.each(Object.entries(LOG_ENDINGS))(
    "%s still has every committed row for SQLite",
    (_, end) => {
      db.exec(`BEGIN; INSERT INTO t VALUES (hex(randomblob(${BIG_BYTES})))`);
      const wal = readWal();
      const copy = join(directory, "copy.db");
      for (let seed = 1; seed <= 10; seed += 1) {
        copyFileSync(file(), copy);
        writeFileSync(`${copy}-wal`, end(wal, readWalShape(wal), new Random(seed)));
        const opened = new Database(copy);
        expect(opened.query("SELECT DISTINCT text, count(*) AS n FROM t").all()).toEqual([
          { text: "committed", n: ROWS },
        ]);
        opened.close();
        rmSync(`${copy}-wal`, { force: true });
      }
      db.exec("ROLLBACK");
    },
  );
});
