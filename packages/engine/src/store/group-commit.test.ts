import { Database } from "bun:sqlite";
import { beforeEach, expect, test } from "bun:test";
import { EngineError } from "../core/errors.ts";
import { GroupCommit } from "./group-commit.ts";

let db: Database;
let flushes: (() => void)[];
let group: GroupCommit;

const insert = (value: number) => db.query("INSERT INTO numbers VALUES (?)").run(value);
const numbers = () =>
  db
    .query<{ value: number }, []>("SELECT value FROM numbers ORDER BY value")
    .all()
    .map(({ value }) => value);

beforeEach(() => {
  db = new Database(":memory:", { strict: true });
  db.exec("CREATE TABLE numbers (value INTEGER PRIMARY KEY)");
  flushes = [];
  group = new GroupCommit(db, (flush) => flushes.push(flush));
});

test("G1: what is written in one turn is committed together, and acknowledged only then", async () => {
  let isAcknowledged = false;
  const first = group.write(() => insert(1)).then(() => (isAcknowledged = true));
  const second = group.write(() => insert(2));
  await Promise.resolve();
  expect(flushes).toHaveLength(1);
  expect(isAcknowledged).toBe(false);
  group.flush();
  await Promise.all([first, second]);
  expect(db.inTransaction).toBe(false);
  expect(numbers()).toEqual([1, 2]);
});

test("G2: one writer's failure takes back its own changes and nobody else's", async () => {
  const good = group.write(() => insert(1));
  const bad = group.write(() => {
    insert(2);
    throw new Error("changed my mind");
  });
  const alsoGood = group.write(() => insert(3));
  await expect(bad).rejects.toThrow("changed my mind");
  group.flush();
  await Promise.all([good, alsoGood]);
  expect(numbers()).toEqual([1, 3]);
});

test("G3: when the disk is full, the whole group is refused and the next one can be stored", async () => {
  db.exec("CREATE TABLE blobs (value BLOB)");
  const { page_count: pages } = db.query("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const small = group.write(() => insert(1));
  const large = group.write(() => db.exec("INSERT INTO blobs VALUES (zeroblob(1000000))"));
  const outcomes = await Promise.allSettled([small, large, Promise.resolve(group.flush())]);
  const errors = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? outcome.reason : [],
  );
  expect(errors).toHaveLength(2);
  for (const error of errors) {
    expect(error).toBeInstanceOf(EngineError);
    expect(error.code).toBe("STORAGE_FAILED");
  }
  expect(numbers()).toEqual([]);

  db.exec("PRAGMA max_page_count = 1000000");
  const next = group.write(() => insert(2));
  group.flush();
  await next;
  expect(numbers()).toEqual([2]);
});

test("G4: what follows from a commit is done in the order of the writes, before anyone is told", async () => {
  const order: string[] = [];
  const write = (name: string, value: number) =>
    group
      .write(
        () => insert(value),
        () => order.push(`${name} follows`),
      )
      .then(() => order.push(`${name} is told`));
  const both = [write("a", 1), write("b", 2)];
  expect(order).toEqual([]);
  group.flush();
  await Promise.all(both);
  expect(order).toEqual(["a follows", "b follows", "a is told", "b is told"]);
});

test("G4: nothing follows from what the disk refused, nor from a writer's failure", async () => {
  const followed: string[] = [];
  const failed = group.write(
    () => {
      throw new Error("no");
    },
    () => followed.push("failed"),
  );
  const good = group.write(
    () => insert(1),
    () => followed.push("good"),
  );
  await expect(failed).rejects.toThrow("no");
  group.flush();
  await good;
  expect(followed).toEqual(["good"]);
});

test("G4: a writer whose followers fail is told so, and the next one still follows", async () => {
  const bad = group.write(
    () => insert(1),
    () => {
      throw new Error("cannot follow");
    },
  );
  let hasFollowed = false;
  const good = group.write(
    () => insert(2),
    () => {
      hasFollowed = true;
    },
  );
  const outcomes = Promise.allSettled([bad, good]);
  group.flush();
  const [badOutcome] = await outcomes;
  expect(badOutcome).toMatchObject({ status: "rejected", reason: Error("cannot follow") });
  expect(hasFollowed).toBe(true);
  expect(numbers()).toEqual([1, 2]);
});

test("G2: a statement that finds no room is refused with a code, and the rest of the group is stored", async () => {
  db.exec("CREATE TABLE blobs (value BLOB)");
  const { page_count: pages } = db.query("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const small = group.write(() => insert(1));
  // Several rows in one statement: SQLite takes back the statement and keeps the transaction.
  const large = group.write(() =>
    db.exec("INSERT INTO blobs SELECT zeroblob(value * 100000) FROM json_each('[0, 1, 2]')"),
  );
  const outcomes = Promise.allSettled([small, large]);
  await Promise.resolve();
  const wasKept = db.inTransaction;
  group.flush();
  const [smallOutcome, largeOutcome] = await outcomes;
  expect(largeOutcome).toMatchObject({ status: "rejected", reason: { code: "STORAGE_FAILED" } });
  expect(smallOutcome?.status).toBe(wasKept ? "fulfilled" : "rejected");
  expect(numbers()).toEqual(wasKept ? [1] : []);
});

test("work between transactions finds none open, also when those who are told open the next", async () => {
  const first = group.write(
    () => insert(1),
    () => void group.write(() => insert(2)),
  );
  const seen = group.between(() => ({ isOpen: db.inTransaction, numbers: numbers() }));
  expect(seen).toEqual({ isOpen: false, numbers: [1] });
  await first;
  expect(db.inTransaction).toBe(true);
  group.flush();
  expect(numbers()).toEqual([1, 2]);
});
