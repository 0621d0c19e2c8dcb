import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFile,
  chmod,
  mkdtemp,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BEGUN_MS, LOOP_ID, someFact, somePrd } from "../../test/some-facts.ts";
import { loadLoop } from "./load-loop.ts";
import { type LoopPlaces, loopPlaces } from "./loop-places.ts";
import { type LoopRecord, openLoopRecord } from "./loop-record.ts";

const prd = somePrd({ id: "A" });

let folder: string;
let places: LoopPlaces;
let record: LoopRecord;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loops-record-"));
  places = loopPlaces(folder, LOOP_ID);
  record = openLoopRecord(places);
  await record.storePrd(prd);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const load = () => loadLoop(folder, LOOP_ID, BEGUN_MS + 1_000);

describe("a loop's record", () => {
  test("R1: takes a fact of each key once, and keeps the first", async () => {
    expect(await record.facts()).toEqual([]);
    expect(await record.append(someFact("begun"))).toBeTrue();
    expect(await record.append(someFact("planned"))).toBeTrue();
    expect(await record.append(someFact("planned"))).toBeFalse();
    expect(await record.append(someFact("planned", { tool: "pi" }))).toBeFalse();
    expect(await record.facts()).toEqual([someFact("begun"), someFact("planned")]);
  });

  test("R4: goes on behind a line that was torn anywhere", async () => {
    await record.append(someFact("begun"));
    const { length: begunBytes } = await readFile(places.journal);
    await record.append(someFact("paused", { reason: "Größe" }));
    const whole = await readFile(places.journal);
    for (let bytes = begunBytes; bytes < whole.length; bytes += 1) {
      await writeFile(places.journal, whole.subarray(0, bytes));
      expect(await record.facts()).toEqual([someFact("begun")]);
      expect(await record.append(someFact("cancelled"))).toBeTrue();
      expect(await record.append(someFact("paused", { reason: "Größe" }))).toBeTrue();
      expect((await record.facts()).map(({ kind }) => kind)).toEqual([
        "begun",
        "cancelled",
        "paused",
      ]);
    }
  });

  test("that is damaged names the file, the line and what to do, and takes nothing more", async () => {
    await record.append(someFact("begun"));
    await appendFile(places.journal, '{"key":"planned:1"}\n');
    const message = `${places.journal}, line 2 cannot be read: kind: Invalid`;
    await expect(record.facts()).rejects.toMatchObject({ code: "RECORD_DAMAGED" });
    await expect(record.facts()).rejects.toThrow(message);
    await expect(record.append(someFact("planned"))).rejects.toThrow(message);
    await expect(load()).rejects.toThrow(message);
    expect((await readFile(places.journal, "utf8")).split("\n")).toHaveLength(3);
  });

  test("that something has filled is not read into memory", async () => {
    await record.append(someFact("begun"));
    await truncate(places.journal, 300 * 1024 * 1024);
    await expect(record.facts()).rejects.toThrow("more than a loop can have written");
  });

  test("takes no fact that could not be read again, under no other key, and none without bounds", async () => {
    const planned = someFact("planned");
    const bad = { ...planned, attempt: 0, iteration: 1 } as typeof planned;
    await expect(record.append(bad)).rejects.toThrow("attempt");
    await expect(record.append({ ...planned, key: "mine" })).rejects.toThrow(
      "the key of this fact is planned:1, not mine",
    );
    const files = Array.from({ length: 1_100 }, () => "x".repeat(1_000));
    await expect(record.append(someFact("implemented", { files }))).rejects.toThrow(
      "at most 1048576",
    );
    expect(await record.facts()).toEqual([]);
  });

  test("keeps the first PRD, and none before there is one", async () => {
    expect(await record.storePrd(somePrd({ id: "B" }))).toBeFalse();
    expect(await record.readPrd()).toEqual(prd);
    await rm(places.prd);
    expect(await record.readPrd()).toBeNull();
  });

  test("is for its owner's eyes", async () => {
    await record.append(someFact("begun"));
    expect((await stat(places.folder)).mode & 0o777).toBe(0o700);
    for (const path of [places.prd, places.journal]) {
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  });

  test("of a loop that was cleaned away is not made again by a late fact", async () => {
    await rm(places.folder, { recursive: true });
    await expect(record.append(someFact("retro"))).rejects.toMatchObject({ code: "LOOP_UNKNOWN" });
    await expect(record.append(someFact("retro"))).rejects.toThrow("or was cleaned away");
    expect(await record.facts()).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)("that may not be read is no empty one", async () => {
    await record.append(someFact("begun"));
    await chmod(places.journal, 0o000);
    await expect(record.facts()).rejects.toThrow("EACCES");
  });
});

describe("loading a loop", () => {
  test("gives what its facts come to and what its agents have spent", async () => {
    await record.append(someFact("begun"));
    await record.append(someFact("planned"));
    const loaded = await load();
    expect(loaded).toMatchObject({
      places,
      prd,
      state: { status: "running", elapsedMs: 1_000 },
      attempts: [],
      spent: { agentRuns: 0 },
    });
  });

  test("gives none for a loop that has not begun, and none that nobody knows", async () => {
    expect(await load()).toBeNull();
    expect(await loadLoop(folder, "nobody", BEGUN_MS)).toBeNull();
    await expect(loadLoop(folder, "../etc", BEGUN_MS)).rejects.toMatchObject({
      code: "LOOP_UNKNOWN",
    });
  });

  test("fails for one that has begun and has no PRD, or one that can't be read", async () => {
    await record.append(someFact("begun"));
    await writeFile(places.prd, "{");
    await expect(load()).rejects.toMatchObject({ code: "RECORD_DAMAGED" });
    await rm(places.prd);
    await expect(load()).rejects.toThrow(`${places.prd} is missing`);
  });
});
