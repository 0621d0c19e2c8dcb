import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "./journal.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "igs-migrate-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const TARGET = "http://127.0.0.1:8288";
const entry = (eventId: string) => ({ eventId, sentId: `sent-${eventId}`, sentAt: "2026-11-24" });

test("J1: what was added is there the next time, for this target alone, readable by its owner alone", async () => {
  const journal = await openJournal(folder, TARGET);
  await journal.add([entry("a"), entry("b")]);
  await journal.add([entry("c")]);
  expect([...(await openJournal(folder, TARGET)).entries.values()]).toEqual(
    ["a", "b", "c"].map(entry),
  );
  expect((await openJournal(folder, "http://127.0.0.1:8289")).entries.size).toBe(0);
  expect((await stat(journal.file)).mode & 0o777).toBe(0o600);
});

test("J2: a torn line says nothing, and does not spoil the next one", async () => {
  const { file, add } = await openJournal(folder, TARGET);
  await add([entry("a")]);
  await appendFile(file, '{"eventId":"tor');
  const second = await openJournal(folder, TARGET);
  expect([...second.entries.keys()]).toEqual(["a"]);
  await second.add([entry("b")]);
  expect([...(await openJournal(folder, TARGET)).entries.keys()]).toEqual(["a", "b"]);
});

test("a journal that can't be read is no empty one", async () => {
  const { file } = await openJournal(folder, TARGET);
  await Bun.write(join(file, "a-folder-in-its-place"), "");
  await expect(openJournal(folder, TARGET)).rejects.toThrow("EISDIR");
});
