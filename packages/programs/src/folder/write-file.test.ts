import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceFile, writeOnce } from "./write-file.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "programs-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe("a file that is written once", () => {
  test("is written by exactly one of many, whole, and leaves nothing else behind", async () => {
    const path = join(dir, "claim");
    const contents = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000));
    const wins = await Promise.all(contents.map((content) => writeOnce(path, content)));
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect(await readFile(path, "utf8")).toBe(contents[wins.indexOf(true)] ?? "");
    expect(await readdir(dir)).toEqual(["claim"]);
  });

  test("is for its owner's eyes", async () => {
    await writeOnce(join(dir, "claim"), "x");
    expect((await stat(join(dir, "claim"))).mode & 0o777).toBe(0o600);
  });

  test("fails aloud where it cannot be written", async () => {
    await expect(writeOnce(join(dir, "missing", "claim"), "x")).rejects.toThrow("ENOENT");
  });
});

describe("a file that is replaced", () => {
  test("has the old or the new content at every moment", async () => {
    const path = join(dir, "heartbeat");
    const contents = ["a".repeat(50_000), "b".repeat(50_000)];
    await replaceFile(path, contents[0] ?? "");
    const seen = new Set<string>();
    for (let turn = 0; turn < 40; turn += 1) {
      const [, text] = await Promise.all([
        replaceFile(path, contents[turn % 2] ?? ""),
        readFile(path, "utf8"),
      ]);
      seen.add(text);
    }
    expect([...seen].every((text) => contents.includes(text))).toBeTrue();
    expect(await readdir(dir)).toEqual(["heartbeat"]);
  });
});
