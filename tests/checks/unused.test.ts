import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { copyRepository, root } from "./repository-copy.ts";

const PLANTED_FILE = "packages/settings/src/planted-unused.ts";
const PLANTED_EXPORT = "plantedExport";
const EXPORTER = "packages/settings/src/settings-error.ts";
const PLANTED_PACKAGE = "ulid-planted";

interface Report {
  readonly issues: readonly {
    readonly file: string;
    readonly files?: readonly unknown[];
    readonly exports: readonly { readonly name: string }[];
    readonly dependencies: readonly { readonly name: string }[];
    readonly unlisted: readonly { readonly name: string }[];
  }[];
}

let copy = "";
let report: Report;

beforeAll(async () => {
  copy = await copyRepository(["knip.json", "tsconfig.base.json", ".dependency-cruiser.cjs"]);
  await Bun.write(join(copy, PLANTED_FILE), "export const planted = 1;\n");
  const exporter = Bun.file(join(copy, EXPORTER));
  const planted = `import "pino";\nexport const ${PLANTED_EXPORT} = 1;\n`;
  await Bun.write(exporter, planted + (await exporter.text()));
  const manifest = Bun.file(join(copy, "packages/settings/package.json"));
  const settings = await manifest.json();
  settings.dependencies[PLANTED_PACKAGE] = "1.0.0";
  await Bun.write(manifest, JSON.stringify(settings));

  const knip = Bun.spawn(
    ["bun", "--bun", join(root, "node_modules/.bin/knip"), "--reporter", "json", "--no-progress"],
    { cwd: copy, stdout: "pipe", stderr: "inherit" },
  );
  // The tool's own format, of which only these fields are read.
  report = (await new Response(knip.stdout).json()) as Report;
});

afterAll(async () => {
  await rm(copy, { recursive: true, force: true });
});

describe("the check for what nobody uses", () => {
  const issuesOf = (file: string) => report.issues.find((issue) => issue.file === file);

  test("finds a file that nothing imports", () => {
    expect(issuesOf(PLANTED_FILE)?.files).toHaveLength(1);
  });

  test("finds an export that nothing imports", () => {
    const names = issuesOf(EXPORTER)?.exports.map(({ name }) => name);
    expect(names).toContain(PLANTED_EXPORT);
  });

  test("finds a dependency that nothing needs", () => {
    const names = issuesOf("packages/settings/package.json")?.dependencies.map(({ name }) => name);
    expect(names).toContain(PLANTED_PACKAGE);
  });

  test("finds a package that is imported and isn't in package.json", () => {
    expect(issuesOf(EXPORTER)?.unlisted.map(({ name }) => name)).toEqual(["pino"]);
  });
});
