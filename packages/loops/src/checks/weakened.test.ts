import { describe, expect, test } from "bun:test";
import { findWeakened, type WeakenedInput } from "./weakened.ts";

const manifest = (scripts: Record<string, string>) => JSON.stringify({ scripts });
const SCRIPTS = { test: "bun run unit && bun run e2e", unit: "bun test", build: "vite build" };

const find = (more: Partial<WeakenedInput>) =>
  findWeakened({
    ...{ changes: [], runner: "bun", checks: [["bun", "run", "test"]] },
    manifests: { before: manifest(SCRIPTS), after: manifest(SCRIPTS) },
    ...more,
  });
const withScripts = (scripts: Record<string, string>) =>
  find({ manifests: { before: manifest(SCRIPTS), after: manifest(scripts) } });

describe("what a change does to the checks", () => {
  test("is nothing when it adds code and tests, and changes other scripts", () => {
    const changes = [
      { path: "src/a.ts", kind: "changed" },
      { path: "src/a.test.ts", kind: "added" },
    ];
    expect(find({ changes })).toEqual([]);
    expect(withScripts({ ...SCRIPTS, build: "true", lint: "biome ci" })).toEqual([]);
  });

  test("is said of tests of the project that it changes or deletes", () => {
    const changes = [
      { path: "src/a.test.ts", kind: "deleted" },
      { path: "src/b.test.ts", kind: "changed" },
    ];
    expect(find({ changes })).toEqual([
      "deletes the test src/a.test.ts",
      "changes the test src/b.test.ts",
    ]);
  });

  test.each(["bunfig.toml", "packages/a/tsconfig.json", "vitest.config.ts", ".eslintrc.json"])(
    "is said of %s, which says what is checked",
    (path) => {
      expect(find({ changes: [{ path, kind: "added" }] })).toEqual([`adds ${path}`]);
      expect(find({ changes: [{ path, kind: "changed" }] })).toEqual([`changes ${path}`]);
    },
  );

  test("is said of the script that a check runs, and of those behind it", () => {
    expect(withScripts({ ...SCRIPTS, test: "true" })).toEqual([
      "changes the script `test`: `bun run unit && bun run e2e` is now `true`",
    ]);
    expect(withScripts({ ...SCRIPTS, unit: "bun test || true" })).toEqual([
      "changes the script `unit`: `bun test` is now `bun test || true`",
    ]);
    expect(withScripts({})).toHaveLength(2);
  });

  test("is read from any text, and of scripts that call each other", () => {
    expect(find({ manifests: { before: "{", after: null } })).toEqual([]);
    const before = manifest({ test: "npm run a", a: "npm run test" });
    expect(find({ manifests: { before, after: before } })).toEqual([]);
  });
});
