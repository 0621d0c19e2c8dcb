import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectTests, type ReviewedChange } from "./collect-tests.ts";

const folder = await mkdtemp(join(tmpdir(), "collect-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
await mkdir(join(folder, "test"));
await writeFile(join(folder, "test/a.test.ts"), "test();");
await writeFile(join(folder, "test/[id].test.mjs"), "test();");
await writeFile(join(folder, "-a.test.ts"), "test();");
await writeFile(join(folder, "test/large.test.ts"), "x".repeat(600_000));
await writeFile(join(folder, "test/same.test.ts"), "expect(a).toMatchSnapshot();");
await symlink("/etc/passwd", join(folder, "test/link.test.ts"));

const added = (path: string): ReviewedChange => ({ path, kind: "added" });

describe("collectTests", () => {
  test("takes new test files", async () => {
    const changes = [added("test/a.test.ts")];
    expect(await collectTests({ folder, changes, runner: "bun" })).toEqual({
      tests: ["test/a.test.ts"],
      dropped: [],
    });
  });

  test.each<[string, ReviewedChange, string]>([
    [
      "a test of the project that was changed",
      { path: "test/a.test.ts", kind: "changed" },
      "changed by the review",
    ],
    [
      "a test of the project that was deleted",
      { path: "test/a.test.ts", kind: "deleted" },
      "deleted by the review",
    ],
    [
      "a file that became a link",
      { path: "test/a.test.ts", kind: "type" },
      "changed by the review",
    ],
    ["code", added("src/a.ts"), "no file that bun takes for a test"],
    ["a test's own configuration", added("bunfig.toml"), "no file that bun takes for a test"],
    ["a link", added("test/link.test.ts"), "no plain file"],
    ["a file that is gone", added("test/gone.test.ts"), "no plain file"],
    ["a large file", added("test/large.test.ts"), "larger than 524288 bytes"],
    ["an option", added("-a.test.ts"), "take for an option"],
    ["snapshots", added("test/same.test.ts"), "snapshots hold code only to itself"],
  ])("drops and names %s", async (_, change, why) => {
    const found = await collectTests({ folder, changes: [change], runner: "bun" });
    expect(found.tests).toEqual([]);
    expect(found.dropped).toEqual([expect.stringContaining(`${change.path}: `)]);
    expect(found.dropped[0]).toContain(why);
  });

  test("drops what node would take for a pattern, and for other runners keeps it", async () => {
    const changes = [added("test/[id].test.mjs")];
    expect((await collectTests({ folder, changes, runner: "node" })).tests).toEqual([]);
    expect((await collectTests({ folder, changes, runner: "vitest" })).tests).toHaveLength(1);
  });

  test("takes fifty files and no more", async () => {
    const changes = Array.from({ length: 52 }, () => added("test/a.test.ts"));
    const found = await collectTests({ folder, changes, runner: "bun" });
    expect(found.tests).toHaveLength(50);
    expect(found.dropped).toHaveLength(2);
  });
});
