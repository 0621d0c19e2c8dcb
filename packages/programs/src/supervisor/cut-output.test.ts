import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cutOutput } from "./cut-output.ts";

const BOUND = 8_000;

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "programs-"));
  path = join(dir, "stdout.log");
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `line ${from + index}\n`).join("");

describe("cutting a program's output", () => {
  test("leaves a file alone that is within its bound, or not there", async () => {
    expect(await cutOutput(path, BOUND)).toBe(0);
    await writeFile(path, "x".repeat(BOUND));
    expect(await cutOutput(path, BOUND)).toBe(0);
    expect((await readFile(path)).length).toBe(BOUND);
  });

  test("keeps the first eighth and the last whole lines, and says what is gone", async () => {
    const text = numbered(1, 2_000);
    await writeFile(path, text);
    const dropped = await cutOutput(path, BOUND);
    const cut = await readFile(path, "utf8");
    const note = /\n\[(\d+) bytes of output were cut out here: .*\]\n/.exec(cut);
    expect(Number(note?.[1])).toBe(dropped);
    expect(cut.slice(0, note?.index)).toBe(text.slice(0, BOUND / 8));
    const kept = cut.slice((note?.index ?? 0) + (note?.[0].length ?? 0));
    expect(text.endsWith(kept)).toBeTrue();
    expect(kept).toStartWith("line ");
    expect(cut.length - (note?.[0].length ?? 0) + dropped).toBe(text.length);
  });

  test("keeps what a program appends afterwards at the end, and its beginning for good", async () => {
    let dropped = 0;
    for (let round = 0; round < 20; round += 1) {
      await appendFile(path, numbered(round * 1_000, 1_000));
      dropped += await cutOutput(path, BOUND);
      expect((await readFile(path)).length).toBeLessThanOrEqual(BOUND);
    }
    const text = await readFile(path, "utf8");
    expect(text).toStartWith("line 0\nline 1\n");
    expect(text).toEndWith("line 19999\n");
    expect(dropped).toBeGreaterThan(200_000);
  });

  test("copes with one line that has no end", async () => {
    await writeFile(path, "x".repeat(10 * BOUND));
    await cutOutput(path, BOUND);
    expect((await readFile(path)).length).toBeLessThanOrEqual(BOUND);
  });
});
