import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Files, writeFiles } from "../../test/review-story.ts";
import { findChecks } from "./find-checks.ts";

const root = await mkdtemp(join(tmpdir(), "find-checks-"));
afterAll(() => rm(root, { recursive: true, force: true }));

async function find(files: Files, checks?: string[][]) {
  const folder = await mkdtemp(join(root, "project-"));
  await writeFiles(folder, files);
  return await findChecks(folder, { checks });
}

const manifest = (value: object) => ({ "package.json": JSON.stringify(value) });
const scripts = { typecheck: "tsc", lint: "biome ci", test: "vitest run", build: "vite build" };

describe("findChecks", () => {
  test("takes types, lint and tests of package.json, by the manager whose lock is there", async () => {
    const found = await find({
      ...manifest({ scripts, devDependencies: { vitest: "3" } }),
      "pnpm-lock.yaml": "",
    });
    expect(found).toMatchObject({
      setup: ["pnpm", "install", "--frozen-lockfile"],
      checks: [
        ["pnpm", "run", "typecheck"],
        ["pnpm", "run", "lint"],
        ["pnpm", "run", "test"],
      ],
      runner: "vitest",
    });
  });

  test.each<[string, Files, string[]]>([
    ["bun.lock", {}, ["bun", "install", "--frozen-lockfile"]],
    ["bun.lockb", {}, ["bun", "install", "--frozen-lockfile"]],
    ["package-lock.json", {}, ["npm", "ci", "--no-audit", "--no-fund"]],
    [
      "yarn.lock",
      { "yarn.lock": "# yarn lockfile v1\n" },
      ["yarn", "install", "--frozen-lockfile"],
    ],
    ["yarn.lock", { "yarn.lock": "__metadata:\n" }, ["yarn", "install", "--immutable"]],
    ["README.md", {}, ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]],
    ["bunfig.toml", {}, ["bun", "install", "--no-save"]],
  ])("fetches dependencies by %s without changing it", async (name, more, setup) => {
    const found = await find({ ...manifest({ dependencies: { zod: "4" } }), [name]: "", ...more });
    expect(found.setup).toEqual(setup);
  });

  test("fetches nothing where there is nothing to fetch", async () => {
    expect((await find(manifest({ scripts: { test: "node --test" } }))).setup).toBeNull();
    expect((await find({ "README.md": "" })).setup).toBeNull();
  });

  test("gives the PRD's checks the last word, and reads the runner from them", async () => {
    const found = await find(manifest({ scripts }), [["bun", "test", "src"]]);
    expect(found).toMatchObject({ checks: [["bun", "test", "src"]], runner: "bun" });
  });

  test("checks types of a typed project that has no script for it", async () => {
    const found = await find({
      ...manifest({ devDependencies: { typescript: "5" }, scripts: { test: "bun test" } }),
      "tsconfig.json": "{}",
    });
    expect(found.checks).toEqual([
      ["tsc", "--noEmit"],
      ["npm", "run", "test"],
    ]);
  });

  test("takes npm's placeholder for no test", async () => {
    const found = await find(
      manifest({ scripts: { test: `echo "Error: no test specified" && exit 1` } }),
    );
    expect(found).toMatchObject({ checks: [], runner: null });
  });

  test.each<[string, Files, string, string[]]>([
    [
      "node with what its script loads",
      manifest({ scripts: { test: "node --import tsx --test 'test/**/*.ts'" } }),
      "node",
      ["--import", "tsx"],
    ],
    [
      "node without its reporters",
      manifest({
        scripts: {
          test: "NODE_ENV=test node --enable-source-maps --test --test-reporter=dot test",
        },
      }),
      "node",
      ["--enable-source-maps"],
    ],
    ["tsx", manifest({ scripts: { test: "tsx --test test/*.ts" } }), "node", ["--import", "tsx"]],
    ["jest", manifest({ scripts: { test: "NODE_OPTIONS=x jest --runInBand" } }), "jest", []],
    [
      "what its tests import, when its script tells nothing",
      {
        ...manifest({ scripts: { test: "turbo run test" } }),
        "packages/a/test/a.test.ts": `import { test } from "bun:test";`,
      },
      "bun",
      [],
    ],
    [
      "what its tests import, when packages tell another",
      {
        ...manifest({ devDependencies: { jest: "30" } }),
        "a.test.mjs": `import test from "node:test";`,
      },
      "node",
      [],
    ],
    [
      "packages, when nothing else tells",
      manifest({ devDependencies: { "@types/bun": "1" } }),
      "bun",
      [],
    ],
    ["pytest, by its files", { "tests/test_a.py": "" }, "pytest", []],
  ])("knows the runner: %s", async (_, files, name, options) => {
    const { testRunner } = await find(files);
    expect(testRunner).toEqual({ name, options } as never);
  });

  test("finds tests of projects in other languages", async () => {
    expect((await find({ "go.mod": "" })).checks).toContainEqual(["go", "test", "./..."]);
    expect((await find({ "Cargo.toml": "" })).checks).toEqual([["cargo", "test"]]);
    expect(await find({ "pkg/test_a.py": "" })).toMatchObject({ checks: [["pytest"]] });
  });

  test("shows some of the project's tests, of the runner that it uses", async () => {
    const { testFiles } = await find({
      ...manifest({ scripts: { test: "bun test" } }),
      ...{ "src/a.test.ts": "", "test_b.py": "", "src/a.ts": "", "node_modules/x/x.test.js": "" },
    });
    expect(testFiles).toEqual(["src/a.test.ts"]);
  });

  test.each(["{", "[]", `{"scripts": 1, "devDependencies": {"jest": 3}}`])(
    "finds nothing in a package.json that says %s, and says so without an error",
    async (text) => {
      expect(await find({ "package.json": text })).toMatchObject({ checks: [], runner: null });
    },
  );
});
