import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AREAS, copyRepository, root } from "./repository-copy.ts";

const CONFIG = ".dependency-cruiser.cjs";

interface Planted {
  readonly rule: string;
  /** Where the bad import stands; `planted` in the name keeps it apart from the real files. */
  readonly file: string;
  readonly text: string;
}

const ENGINE = "packages/engine/src";

const PLANTED: readonly Planted[] = [
  {
    rule: "engine-core-imports-only-itself",
    file: `${ENGINE}/core/planted-layer.ts`,
    text: 'import "../store/planted-target.ts";',
  },
  {
    rule: "engine-protocol-imports-only-core",
    file: `${ENGINE}/protocol/planted-layer.ts`,
    text: 'import "../runtime/planted-target.ts";',
  },
  {
    rule: "engine-store-imports-only-core",
    file: `${ENGINE}/store/planted-layer.ts`,
    text: 'import "../protocol/planted-target.ts";',
  },
  {
    rule: "engine-runtime-imports-only-core-protocol",
    file: `${ENGINE}/runtime/planted-layer.ts`,
    // Types count as well: whoever needs a layer's types depends on it.
    text: 'import type { target } from "../store/planted-target.ts"; export type Planted = typeof target;',
  },
  {
    rule: "engine-http-imports-only-core-protocol-runtime",
    file: `${ENGINE}/http/planted-layer.ts`,
    text: 'import "../store/planted-target.ts";',
  },
  {
    rule: "engine-core-is-pure",
    file: `${ENGINE}/core/planted-effect.ts`,
    text: 'import "node:fs";',
  },
  {
    rule: "engine-sql-only-in-store",
    file: `${ENGINE}/runtime/planted-sql.ts`,
    text: 'import "bun:sqlite";',
  },
  {
    rule: "engine-stands-alone",
    file: `${ENGINE}/planted-package.ts`,
    text: 'import "../../events/src/index.ts";',
  },
  {
    rule: "worker-never-imports-the-engine",
    file: "apps/system-bus/src/planted-engine.ts",
    text: 'import "../../../packages/engine/src/index.ts";',
  },
  {
    rule: "nothing-imports-an-app",
    file: "packages/settings/src/planted-app.ts",
    text: 'import "../../../apps/system-bus/src/planted-target.ts";',
  },
  {
    rule: "no-deep-imports",
    file: "apps/igs/src/planted-deep.ts",
    text: 'import "../../../packages/settings/src/planted-target.ts";',
  },
  {
    rule: "no-relative-path-into-another-package",
    file: "apps/igs/src/planted-relative.ts",
    // Newer syntax in a file must not hide its imports.
    text: 'import "../../../packages/settings/src/index.ts"; { using held = { [Symbol.dispose]() {} }; }',
  },
  {
    rule: "testing-only-from-tests",
    file: `${ENGINE}/planted-testing.ts`,
    text: 'import "./testing/planted-target.ts";',
  },
  {
    rule: "tests-are-not-imported",
    file: "packages/settings/src/planted-test.ts",
    text: 'import "./planted-target.test.ts";',
  },
  {
    rule: "no-cycles",
    file: "packages/settings/src/planted-circle-a.ts",
    text: 'import "./planted-circle-b.ts"; export const circle = 1;',
  },
  {
    rule: "everything-resolves",
    file: "apps/igs/src/planted-past-exports.ts",
    text: 'import "@system-bus/settings/src/planted-target.ts";',
  },
];

const TARGETS: Record<string, string> = {
  "packages/settings/src/planted-circle-b.ts": 'import "./planted-circle-a.ts";',
  ...Object.fromEntries(
    [
      ...["core", "protocol", "store", "runtime", "testing"].map(
        (layer) => `${ENGINE}/${layer}/planted-target.ts`,
      ),
      "apps/system-bus/src/planted-target.ts",
      "packages/settings/src/planted-target.ts",
      "packages/settings/src/planted-target.test.ts",
    ].map((file) => [file, "export const target = 1;"]),
  ),
};

interface Violation {
  readonly rule: string;
  readonly from: string;
}

let copy = "";
let violations: readonly Violation[] = [];
let modules: readonly string[] = [];

beforeAll(async () => {
  copy = await copyRepository([CONFIG]);
  for (const { file, text } of PLANTED) await plant(file, text);
  for (const [file, text] of Object.entries(TARGETS)) await plant(file, text);
  ({ violations, modules } = await cruise(copy));
});

afterAll(async () => {
  await rm(copy, { recursive: true, force: true });
});

describe("the import rules", () => {
  for (const { rule, file } of PLANTED) {
    test(`${rule}: a violation is caught`, () => {
      expect(violations).toContainEqual({ rule, from: file });
    });
  }

  test("each has a planted violation", async () => {
    const { forbidden } = await import(join(root, CONFIG));
    const names = forbidden.map((rule: { name: string }) => rule.name);
    expect(PLANTED.map(({ rule }) => rule).sort()).toEqual(names.sort());
  });

  test("see every source file, and don't pass for want of a parser", async () => {
    const sources = await listSources(copy);
    expect(sources.length).toBeGreaterThan(PLANTED.length);
    expect(modules).toEqual(expect.arrayContaining(sources));
  });
});

async function plant(file: string, text: string): Promise<void> {
  await mkdir(join(copy, dirname(file)), { recursive: true });
  await Bun.write(join(copy, file), `${text}\n`);
}

async function cruise(cwd: string) {
  const depcruise = join(root, "node_modules/.bin/depcruise");
  const run = Bun.spawn(
    ["bun", "--bun", depcruise, "--config", CONFIG, "--output-type", "json", ...AREAS],
    { cwd, stdout: "pipe", stderr: "inherit" },
  );
  // The tool's own format, of which only these fields are read.
  const found = (await new Response(run.stdout).json()) as {
    modules: { source: string }[];
    summary: { violations: { rule: { name: string }; from: string }[] };
  };
  return {
    modules: found.modules.map(({ source }) => source),
    violations: found.summary.violations.map(({ rule, from }) => ({ rule: rule.name, from })),
  };
}

async function listSources(cwd: string): Promise<string[]> {
  const sources: string[] = [];
  for (const area of AREAS) {
    for await (const file of new Bun.Glob("**/*.{ts,tsx}").scan({ cwd: join(cwd, area) })) {
      if (!file.includes("node_modules/")) sources.push(`${area}/${file}`);
    }
  }
  return sources;
}
