import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineRecordPath, readEngineRecord, writeEngineRecord } from "./engine-record.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "igs-record-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("what was written is read again, also when the folder is new", async () => {
  const state = join(folder, "start");
  const record = { engine: "inngest", url: "http://bus:8288" } as const;
  await writeEngineRecord(state, record);
  expect(await readEngineRecord(state)).toEqual(record);
});

test("no record, and one that isn't ours, are none", async () => {
  expect(await readEngineRecord(folder)).toBeNull();
  await writeFile(engineRecordPath(folder), '{"engine":"temporal"}');
  expect(await readEngineRecord(folder)).toBeNull();
});
