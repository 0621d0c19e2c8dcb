import { join } from "node:path";

/** `apps/igs/src`. */
export const sourceFolder = join(import.meta.dir, "..");

const exitWithParent = join(import.meta.dir, "exit-with-parent.ts");

/** A script of ours as a child's command line: the same Bun, no `.env` of some folder. */
export function bunArgv(
  script: readonly string[],
  options: { readonly isWatching?: boolean } = {},
): readonly string[] {
  const watch = options.isWatching ? ["--watch", "--no-clear-screen"] : [];
  return [process.execPath, "--no-env-file", ...watch, "--preload", exitWithParent, ...script];
}
