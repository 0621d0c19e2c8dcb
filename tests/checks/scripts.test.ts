import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { root } from "./repository-copy.ts";

const SHELL_SHEBANG = /^#!.*\b(?:sh|bash|dash)\b/;

const scripts: string[] = [];
for (const path of (
  await Bun.$`git ls-files --cached --others --exclude-standard`.cwd(root).text()
).split("\n")) {
  const file = Bun.file(join(root, path));
  if (path === "" || !(await file.exists())) continue;
  const firstLine = (await file.slice(0, 80).text()).split("\n")[0] ?? "";
  if (SHELL_SHEBANG.test(firstLine) || path.endsWith(".sh")) scripts.push(path);
}

describe("shell scripts", () => {
  test("are found", () => {
    expect(scripts).toEqual(
      expect.arrayContaining([".ci/run", "bin/demo", "bin/prepare.sh", "bin/test"]),
    );
  });

  test.skipIf(Bun.which("shellcheck") === null)(
    "have nothing that shellcheck complains of",
    async () => {
      const check = await Bun.$`shellcheck --external-sources ${scripts}`
        .cwd(root)
        .nothrow()
        .quiet();
      expect(check.stdout.toString()).toBe("");
    },
  );

  for (const script of ["bin/demo", "bin/test"]) {
    test(`${script} --help says how to use it, and installs nothing`, async () => {
      const help = await Bun.$`${join(root, script)} --help`.quiet();
      expect(help.stdout.toString()).toContain(script);
      expect(help.stderr.toString()).toBe("");
    });

    test(`${script} refuses a flag that it doesn't know`, async () => {
      const refused = await Bun.$`${join(root, script)} --bogus`.nothrow().quiet();
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr.toString()).toContain("unknown flag --bogus");
    });
  }
});
