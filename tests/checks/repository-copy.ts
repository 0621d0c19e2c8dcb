import { cp, mkdtemp, realpath, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

export const root = join(import.meta.dir, "../..");

/** Where our own code lies. */
export const AREAS = ["apps", "packages", "tests", "bench"];

/** A copy to plant faults in: our code, package.json and the files named. The caller removes it. */
export async function copyRepository(files: readonly string[]): Promise<string> {
  const to = await realpath(await mkdtemp(join(tmpdir(), "system-bus-copy-")));
  for (const area of AREAS) {
    // The workspaces' node_modules are links to each other and to the root's, all of them relative.
    await cp(join(root, area), join(to, area), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !["dist", ".turbo"].includes(basename(path)),
    });
  }
  for (const file of ["package.json", ...files]) await cp(join(root, file), join(to, file));
  await symlink(join(root, "node_modules"), join(to, "node_modules"));
  return to;
}
