import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InterfaceFile } from "../src/review/declarations.ts";
import { type Files, probeStub, reviewStory } from "./review-story.ts";

const root = await mkdtemp(join(tmpdir(), "probe-bun-"));
afterAll(() => rm(root, { recursive: true, force: true }));

const story = {
  root,
  runner: { name: "bun", options: [] },
  base: { "package.json": `{"name": "sample", "type": "module"}` },
} as const;

const SLUGIFY = `export function slugify(title: string): string {
  if (title === "") throw new TypeError("empty");
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}`;
const SLUGIFY_INTERFACE: InterfaceFile = {
  path: "src/slugify.ts",
  declarations: "export declare function slugify(title: string): string;",
  format: "module",
};

const testsOf = (body: string): Files => ({
  "test/slugify.test.ts": `import { beforeAll, describe, expect, test } from "bun:test";
import { slugify } from "../src/slugify.ts";
${body}`,
});
const MAKES_A_SLUG = `test("makes a slug", () => expect(slugify("Hello, World!")).toBe("hello-world"));`;
const THROWS = `test("throws on an empty title", () => expect(() => slugify("")).toThrow());`;

const withStub = (body: string, timeMaxMs = 30_000) =>
  probeStub({ ...story, interfaces: [SLUGIFY_INTERFACE], tests: testsOf(body), timeMaxMs });

describe("a review with bun", () => {
  test("tests that fail without the implementation and pass with it are good", async () => {
    const found = await reviewStory({
      ...story,
      implementation: { "src/slugify.ts": SLUGIFY },
      tests: testsOf(`describe("slugify", () => { ${MAKES_A_SLUG} ${THROWS} });`),
    });
    expect(found.stub).toEqual({
      kind: "good",
      tests: [
        "test/slugify.test.ts > slugify > makes a slug",
        "test/slugify.test.ts > slugify > throws on an empty title",
      ],
      empty: [],
    });
    expect(found.head.failing).toEqual([]);
  });

  test("a bad implementation fails by the names of the tests, with the first errors", async () => {
    const found = await reviewStory({
      ...story,
      implementation: { "src/slugify.ts": SLUGIFY.replace("toLowerCase", "toUpperCase") },
      tests: testsOf(`${MAKES_A_SLUG} ${THROWS}`),
    });
    expect(found.head.failing).toEqual(["test/slugify.test.ts > makes a slug"]);
    expect(found.head.firstErrors.join("\n")).toContain(`Expected: "hello-world"`);
  });

  test("a test that skips itself at the head has failed", async () => {
    const found = await reviewStory({
      ...story,
      implementation: { "src/slugify.ts": `${SLUGIFY}\nexport const isDone: boolean = true;` },
      tests: testsOf(`import * as all from "../src/slugify.ts";
        ${MAKES_A_SLUG}
        test.skipIf(all.isDone === true)("is there", () => expect(slugify("a")).toBe("a"));`),
    });
    expect(found.stub).toMatchObject({ kind: "good" });
    expect(found.head.failing).toEqual(["test/slugify.test.ts > is there"]);
  });

  test("an implementation that doesn't load fails all tests", async () => {
    const found = await reviewStory({
      ...story,
      implementation: { "src/slugify.ts": `import "./absent.ts";\n${SLUGIFY}` },
      tests: testsOf(`${MAKES_A_SLUG} ${THROWS}`),
    });
    expect(found.head.failing).toHaveLength(2);
    expect(found.head.firstErrors.join("\n")).toContain("absent.ts");
  });
});

describe("a stub with bun", () => {
  test("tests of nothing but throwing count, for the silent stub doesn't throw", async () => {
    const { verdict } = await withStub(THROWS);
    expect(verdict).toMatchObject({ kind: "good", empty: [] });
  });

  test("a test that passes with both stubs is named as empty", async () => {
    const { verdict } = await withStub(
      `${MAKES_A_SLUG} test("is there", () => expect(slugify).toBeFunction());`,
    );
    expect(verdict).toMatchObject({ kind: "good", empty: ["test/slugify.test.ts > is there"] });
  });

  test.each([
    [
      "pass without an implementation",
      `test("a", () => expect(1).toBe(1));`,
      "no test fails without an implementation",
    ],
    [
      "are all skipped",
      `test.skip("a", () => {}); test.todo("b");`,
      "are skipped, or marked as still to be written",
    ],
    ["don't load", `import "./absent.ts"; ${MAKES_A_SLUG}`, "does not load"],
    [
      "import what isn't there",
      `import { other } from "../src/slugify.ts"; test("a", () => other());`,
      "does not load",
    ],
    ["have a syntax error", `test("a", () => {`, "does not load"],
    ["are none", `slugify.name;`, "there is no test in test/slugify.test.ts"],
    [
      "call the implementation while they load",
      `const slug = slugify("a"); test("a", () => expect(slug).toBe("a"));`,
      "call it inside of tests only",
    ],
    ["end the process", `process.exit(0);`, "there is no test in test/slugify.test.ts"],
    [
      "change the project's files",
      `import { writeFileSync } from "node:fs"; ${MAKES_A_SLUG} test("b", () => writeFileSync("package.json", "{}"));`,
      "change files of the project: package.json",
    ],
    [
      "remove the stub",
      `import { rmSync } from "node:fs"; ${MAKES_A_SLUG} test("b", () => rmSync("src/slugify.ts"));`,
      "change files of the project: src/slugify.ts",
    ],
  ])("tests that %s are bad", async (_, body, problem) => {
    const { verdict } = await withStub(body);
    expect(verdict).toEqual({ kind: "bad", problem: expect.stringContaining(problem) });
  });

  test("tests that hang are stopped, and are bad", async () => {
    const { verdict } = await withStub(`test("a", async () => { for (;;) {} });`, 1_000);
    expect(verdict).toEqual({ kind: "bad", problem: expect.stringContaining("don't end") });
  });

  test("one file of several without a test is bad", async () => {
    const { verdict } = await probeStub({
      ...{ ...story, interfaces: [SLUGIFY_INTERFACE] },
      tests: { ...testsOf(MAKES_A_SLUG), "test/empty.test.ts": "export {};" },
    });
    expect(verdict).toEqual({
      kind: "bad",
      problem: expect.stringContaining("test/empty.test.ts"),
    });
  });

  test("names keep their quotes, brackets, spaces and line breaks", async () => {
    const name = `keeps "ü" > 'x' & <y> ✓ \\ #1 [a]`;
    const path = "test/a b [1] ü&'.test.ts";
    const { verdict } = await probeStub({
      ...{ ...story, interfaces: [SLUGIFY_INTERFACE] },
      tests: {
        [path]: `import { describe, expect, test } from "bun:test";
          import { slugify } from "../src/slugify.ts";
          describe("a > b", () => test(${JSON.stringify(name)}, () => expect(slugify("a")).toBe("a")));`,
      },
    });
    expect(verdict).toEqual({ kind: "good", tests: [`${path} > a > b > ${name}`], empty: [] });
  });

  test("a file whose name contains another's is not run with it", async () => {
    const { runs } = await probeStub({
      ...{
        ...story,
        interfaces: [SLUGIFY_INTERFACE],
        tests: { "a.test.ts": `import { test } from "bun:test"; test("mine", () => {});` },
      },
      base: {
        ...story.base,
        "other/a.test.ts": `import { test } from "bun:test"; test("theirs", () => {});`,
      },
    });
    expect(runs[0]?.tests.map(({ name }) => name)).toEqual(["a.test.ts > mine"]);
  });
});
