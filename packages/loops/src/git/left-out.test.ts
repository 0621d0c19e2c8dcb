import { expect, test } from "bun:test";
import { isLeftOut } from "./left-out.ts";

const left = (path: string, { isNew = true, leaveOut = [] as string[] } = {}) =>
  isLeftOut({ path, isNew, leaveOut });

test("agents' own folders and node_modules are left out, wherever the latter are", () => {
  const paths = [
    ".claude/settings.json",
    ".codex/a",
    ".pi/b",
    "node_modules/a",
    "a/node_modules/b",
  ];
  expect(paths.filter((path) => !left(path))).toEqual([]);
});

test("files that only look like those are taken", () => {
  const paths = [
    ".claude.md",
    "src/.pi/x",
    "node_modules.md",
    "CLAUDE.md",
    "AGENTS.md",
    "a.origin",
  ];
  expect(paths.filter((path) => left(path))).toEqual([]);
});

test("litter is left out where it is new, and taken where the project keeps it", () => {
  for (const path of [".DS_Store", "src/a.ts~", "a.ts.orig", "b.rej", ".a.swp"]) {
    expect([path, left(path), left(path, { isNew: false })]).toEqual([path, true, false]);
  }
});

test("named files are left out, and folders with all that is in them, not what begins alike", () => {
  const leaveOut = ["test/a.test.ts", "locked/"];
  expect(left("test/a.test.ts", { leaveOut })).toBe(true);
  expect(left("locked/deep/b.ts", { leaveOut })).toBe(true);
  expect(left("test/a.test.tsx", { leaveOut })).toBe(false);
  expect(left("locked.ts", { leaveOut })).toBe(false);
});
