import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSlotLine, type SlotLine } from "./slot-line.ts";

const HOUR_MS = 3_600_000;

let dir: string;
let ended: Set<string>;
let line: SlotLine;

const open = () =>
  openSlotLine({
    dir,
    name: "gpu",
    hasEnded: async (key) => ended.has(key),
    nowMs: () => Date.now(),
  });
const ticketPath = (number: number) => join(dir, ".slots", "gpu", String(number).padStart(12, "0"));
const letAge = async (taken: readonly number[]) => {
  const then = (Date.now() - 2 * HOUR_MS) / 1_000;
  for (const number of taken) await utimes(ticketPath(number), then, then);
};
const numbers = async () => (await readdir(join(dir, ".slots", "gpu"))).map(Number).sort(byNumber);
const byNumber = (a: number, b: number) => a - b;
const openKeys = async () => (await open().listOpen()).map((ticket) => ticket.key);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "programs-"));
  ended = new Set();
  line = open();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe("the line for a slot", () => {
  test("is empty before anybody came", async () => {
    expect(await line.listOpen()).toEqual([]);
  });

  test("S1: gives each of many who come at once a number of their own, without gaps", async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `k${index}`);
    for (let round = 0; round < 4; round += 1) {
      const tickets = await Promise.all(keys.map((key) => open().take(key)));
      const taken = tickets.map((ticket) => ticket.number).sort(byNumber);
      expect(taken).toEqual(keys.map((_, index) => round * keys.length + index + 1));
    }
    expect(await readdir(join(dir, ".slots"))).toEqual(["gpu"]);
  });

  test("keeps those who came in the order in which they came", async () => {
    for (const key of ["a", "b", "c"]) await line.take(key);
    expect(await openKeys()).toEqual(["a", "b", "c"]);
  });

  test("S2: moves on when a program has ended, whoever it was", async () => {
    for (const key of ["a", "b", "c"]) await line.take(key);
    ended.add("b");
    expect(await openKeys()).toEqual(["a", "c"]);
    ended.add("a");
    expect(await openKeys()).toEqual(["c"]);
  });

  test("S1: goes on counting when everybody has left", async () => {
    await line.take("a");
    ended.add("a");
    expect((await line.take("b")).number).toBe(2);
  });

  test("forgets tickets that nobody needs, but never the highest number", async () => {
    for (const key of ["a", "b", "c"]) {
      await line.take(key);
      ended.add(key);
    }
    await letAge([1, 2, 3]);
    await line.take("d");
    expect(await numbers()).toEqual([3, 4]);
    expect((await line.take("e")).number).toBe(5);
  });

  test("forgets no ticket while its successor is young", async () => {
    for (const key of ["a", "b"]) {
      await line.take(key);
      ended.add(key);
    }
    await line.take("c");
    expect(await numbers()).toEqual([0, 1, 2, 3]);
  });

  test("forgets no ticket behind a program that still runs", async () => {
    for (const key of ["a", "b", "c"]) await line.take(key);
    ended.add("b");
    await letAge([1, 2, 3]);
    await line.take("d");
    // Number 0 is nobody's.
    expect(await numbers()).toEqual([1, 2, 3, 4]);
  });

  test("S1: a number that was swept while its taker stood still is not taken again", async () => {
    // As it looks to one that read an empty line, slept through 1 to 4, and now takes number 1.
    await mkdir(join(dir, ".slots", "gpu"), { recursive: true });
    for (const number of [3, 4]) {
      await writeFile(ticketPath(number), `k${number}`);
    }
    await letAge([3, 4]);
    const late = await takeAfterReading([], "late");
    expect(late.number).toBe(5);
    expect(await numbers()).not.toContain(1);
    const later = await takeAfterReading([1], "later");
    expect(later.number).toBe(6);
    expect(await numbers()).not.toContain(2);
  });

  /** Takes a ticket with a first look at the line that is out of date. */
  function takeAfterReading(stale: readonly number[], key: string) {
    let looks = 0;
    const forgetful = openSlotLine({
      dir,
      name: "gpu",
      hasEnded: async (other) => ended.has(other),
      nowMs: () => Date.now(),
      readNumbers: async (path) => {
        looks += 1;
        return looks === 1 ? stale : (await readdir(path)).map(Number).sort(byNumber);
      },
    });
    return forgetful.take(key);
  }
});
