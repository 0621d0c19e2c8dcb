import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listLoopIds, loopPlaces, newLoopId, playbookPath, projectPlaces } from "./loop-places.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loops-places-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the places of a loop", () => {
  test("lie in a folder of its own", () => {
    expect(loopPlaces("/data/loops", "slugs-20261124-7f3a")).toEqual({
      loopId: "slugs-20261124-7f3a",
      folder: "/data/loops/slugs-20261124-7f3a",
      journal: "/data/loops/slugs-20261124-7f3a/journal.jsonl",
      attempts: "/data/loops/slugs-20261124-7f3a/attempts.jsonl",
      prd: "/data/loops/slugs-20261124-7f3a/prd.json",
      clone: "/data/loops/slugs-20261124-7f3a/clone",
      review: "/data/loops/slugs-20261124-7f3a/review",
      scratch: "/data/loops/slugs-20261124-7f3a/scratch",
    });
    expect(playbookPath("/data/loops")).toBe("/data/loops/playbook.json");
  });

  test.each([
    [""],
    ["."],
    [".."],
    ["../other"],
    ["a/b"],
    ["a\0b"],
    ["a\n"],
    ["-a"],
    ["Slugs"],
    ["playbook.json"],
    ["projects"],
    ["a".repeat(65)],
  ])("no path is made of %p", (loopId) => {
    expect(() => loopPlaces("/data/loops", loopId)).toThrow("is no loop's id");
  });

  test("of a project don't tell its name, and differ for each path", () => {
    const notes = projectPlaces("/data/loops", "/home/sam/notes");
    expect(notes.folder).toMatch(/^\/data\/loops\/projects\/[0-9a-f]{16}$/);
    expect(notes).toMatchObject({
      claim: `${notes.folder}/claim`,
      progress: `${notes.folder}/progress.txt`,
    });
    expect(projectPlaces("/data/loops", "/home/sam/notes2").folder).not.toBe(notes.folder);
    expect(() => projectPlaces("/data/loops", "notes")).toThrow("no absolute path");
  });
});

describe("the list of loops", () => {
  test("has the folders that are named as loops are, and nothing else", async () => {
    for (const name of ["b-2", "a-1", "projects", ".Trash", "Other"]) {
      await mkdir(join(folder, name));
    }
    await writeFile(join(folder, "c-3"), "");
    expect(await listLoopIds(folder)).toEqual(["a-1", "b-2"]);
  });

  test("is empty before the first", async () => {
    expect(await listLoopIds(join(folder, "none"))).toEqual([]);
  });
});

describe("a new loop's id", () => {
  const now = new Date("2026-11-24T23:59:59.999Z");

  test.each([
    ["Slugs", "slugs-20261124-8000"],
    ["  Make `slugs` of titles!  ", "make-slugs-of-titles-20261124-8000"],
    ["Größere Übersicht", "gro-ere-ubersicht-20261124-8000"],
    ["日本語", "loop-20261124-8000"],
    ["--help", "help-20261124-8000"],
    ["projects", "projects-20261124-8000"],
    [`${"x".repeat(39)} and more`, `${"x".repeat(39)}-20261124-8000`],
  ])("of %p is %p", (title, loopId) => {
    expect(newLoopId(title, now, () => 0.5)).toBe(loopId);
  });

  test("is always one that a place can be made of", () => {
    for (const random of [0, 0.000_001, 0.999_999_9]) {
      for (const title of ["", "é".repeat(300), "a".repeat(300), "A-".repeat(100)]) {
        const loopId = newLoopId(title, now, () => random);
        expect(loopPlaces("/data/loops", loopId).loopId).toBe(loopId);
      }
    }
  });
});
