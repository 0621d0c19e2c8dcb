import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InterfaceFile } from "../src/review/declarations.ts";
import { type Files, probeStub, reviewStory } from "./review-story.ts";

const root = await mkdtemp(join(tmpdir(), "probe-node-"));
afterAll(() => rm(root, { recursive: true, force: true }));

const hasNode = Bun.which("node") !== null;

const story = {
  root,
  runner: { name: "node", options: [] },
  base: { "package.json": `{"name": "sample"}` },
} as const;

const SLUGIFY = `/** @param {string} title */
export function slugify(title) {
  if (title === "") throw new TypeError("empty");
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}`;
const INTERFACE: InterfaceFile = {
  path: "src/slugify.mjs",
  declarations: "export declare function slugify(title: string): string;",
  format: "module",
};

const testsOf = (body: string): Files => ({
  "test/slugify.test.mjs": `import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { slugify } from "../src/slugify.mjs";
${body}`,
});
const MAKES_A_SLUG = `test("makes a slug", () => assert.equal(slugify("Hello, World!"), "hello-world"));`;
const withStub = (body: string, timeMaxMs = 30_000) =>
  probeStub({ ...story, interfaces: [INTERFACE], tests: testsOf(body), timeMaxMs });

describe.skipIf(!hasNode)("a review with node", () => {
  test("tests and subtests are named with all that they stand in", async () => {
    const found = await reviewStory({
      ...story,
      implementation: { "src/slugify.mjs": SLUGIFY },
      tests: testsOf(`describe("slugify", () => {
          it("makes a slug", () => assert.equal(slugify("A b"), "a-b"));
          it("throws", () => assert.throws(() => slugify("")));
        });
        test("titles", async (t) => {
          await t.test("one", () => assert.equal(slugify("A"), "a"));
        });`),
    });
    expect(found.stub).toMatchObject({
      kind: "good",
      tests: [
        "test/slugify.test.mjs > slugify > makes a slug",
        "test/slugify.test.mjs > slugify > throws",
        "test/slugify.test.mjs > titles > one",
      ],
    });
    expect(found.head.failing).toEqual([]);
  });

  test("a CommonJS module has a stub that can be required", async () => {
    const found = await reviewStory({
      ...story,
      implementation: {
        "src/add.js": `function add(a, b) { return a + b; }
class Sum { constructor(a) { this.a = a; } plus(b) { return new Sum(this.a + b); } }
module.exports = { add, Sum };`,
      },
      tests: {
        "test/add.test.js": `const assert = require("node:assert");
const { test } = require("node:test");
const { add, Sum } = require("../src/add.js");
test("adds", () => assert.equal(add(1, 2), 3));
test("sums", () => assert.equal(new Sum(1).plus(2).a, 3));`,
      },
    });
    expect(found.stub).toMatchObject({ kind: "good", empty: [] });
    expect(found.head.failing).toEqual([]);
  });
});

describe.skipIf(!hasNode)("a stub with node", () => {
  test.each([
    [
      "are all skipped",
      `test.skip("a", () => {}); test("b", { todo: true }, () => { throw new Error(); }); test("c", { skip: "" }, () => {});`,
      "are skipped, or marked as still to be written",
    ],
    ["don't load", `import "./absent.mjs"; ${MAKES_A_SLUG}`, "does not load"],
    ["are none", "slugify.name;", "there is no test in test/slugify.test.mjs"],
  ])("tests that %s are bad", async (_, body, problem) => {
    const { verdict } = await withStub(body);
    expect(verdict).toEqual({ kind: "bad", problem: expect.stringContaining(problem) });
  });

  test("tests that hang are stopped, and are bad", async () => {
    const { verdict } = await withStub(`test("a", () => { for (;;) {} });`, 1_500);
    expect(verdict).toEqual({ kind: "bad", problem: expect.stringContaining("don't end") });
  });

  test("names keep their quotes, brackets, spaces and line breaks", async () => {
    const name = `keeps "ü" > 'x' & <y> ✓ \\ #1 [a]\n2`;
    const path = "test/a (b) ü&'.test.mjs";
    const { verdict } = await probeStub({
      ...{ ...story, interfaces: [INTERFACE] },
      tests: {
        [path]: `import assert from "node:assert";
          import { test } from "node:test";
          import { slugify } from "../src/slugify.mjs";
          test(${JSON.stringify(name)}, () => assert.equal(slugify("a"), "a"));`,
      },
    });
    expect(verdict).toEqual({ kind: "good", tests: [`${path} > ${name}`], empty: [] });
  });
});
