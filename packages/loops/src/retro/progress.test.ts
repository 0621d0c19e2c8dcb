import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { addToProgress, readPatterns, readProgress, writeProgress } from "./progress.ts";

const NONE = { patterns: [], loops: [] };

describe("what an implementor reports", () => {
  const ANSWERS: readonly (readonly [string, string, readonly string[]])[] = [
    ["nothing", "I changed src/slug.ts.", []],
    ["a line", "Done.\nPATTERN: tests lie beside the file", ["tests lie beside the file"]],
    ["an item of a list", "- PATTERN: one\n* **PATTERN:** two", ["one", "two"]],
    ["a small letter", "pattern: one", ["one"]],
    ["the same twice", "PATTERN: one\nPATTERN: one", ["one"]],
    ["a word within a line", "There is no PATTERN: here", []],
    ["an empty one", "PATTERN:\nnext", []],
    ["the form that it was shown", "PATTERN: one sentence that is true of the codebase and…", []],
    ["a placeholder", "PATTERN: <none>", []],
  ];
  test.each(ANSWERS)("%s", (_, answer, patterns) => {
    expect(readPatterns(answer)).toEqual([...patterns]);
  });

  test("at most five, each bounded", () => {
    const answer = Array.from({ length: 9 }, (_, index) => `PATTERN: ${index} ${"x".repeat(999)}`);
    const patterns = readPatterns(answer.join("\n"));
    expect(patterns.map((pattern) => pattern.length)).toEqual([300, 300, 300, 300, 300]);
  });
});

describe("what is added", () => {
  test("comes last, and what is noticed again moves there", () => {
    const before = { patterns: ["one", "two"], loops: [] };
    expect(addToProgress(before, { patterns: ["one", "three"] }).patterns).toEqual([
      "two",
      "one",
      "three",
    ]);
  });

  test("may be added twice", () => {
    const once = addToProgress(NONE, { patterns: ["one"], loop: "slugs: 1 of 1" });
    expect(addToProgress(once, { patterns: ["one"], loop: "slugs: 1 of 1" })).toEqual(once);
  });

  test("pushes out the oldest", () => {
    const many = Array.from({ length: 70 }, (_, index) => `pattern ${index}`);
    const { patterns } = addToProgress(NONE, { patterns: many });
    expect([patterns.length, patterns[0]]).toEqual([50, "pattern 20"]);
  });
});

describe("progress.txt", async () => {
  const folder = await mkdtemp(join(tmpdir(), "progress-"));
  afterAll(() => rm(folder, { recursive: true }));
  const file = join(folder, "project", "progress.txt");

  test("one that is not there is empty", async () => {
    expect(await readProgress(file)).toEqual(NONE);
  });

  test("has the patterns under their head, for people to read", async () => {
    await writeProgress(file, { patterns: ["one"], loops: ["slugs: 1 of 1"] });
    expect(await Bun.file(file).text()).toBe(
      "## Codebase Patterns\n\n- one\n\n## Loops\n\n- slugs: 1 of 1\n",
    );
  });

  test("may be edited by a person, on Windows too", async () => {
    const edited =
      "# Mine\r\n\r\n## Codebase Patterns\r\n\r\n-  one \r\nwords\r\n- two\r\n## Notes\r\n- no\r\n";
    await Bun.write(file, edited);
    expect(await readProgress(file)).toEqual({ patterns: ["one", "two"], loops: [] });
  });

  test("holds whatever agents say", async () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 6 }), async (patterns) => {
        const added = addToProgress(NONE, {
          patterns: patterns.filter((one) => /\p{L}/u.test(one)),
        });
        await writeProgress(file, added);
        expect(await readProgress(file)).toEqual(added);
      }),
      { numRuns: 30 },
    );
  });
});
