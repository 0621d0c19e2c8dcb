import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `apps/igs/src`. */
export const sourceFolder = join(import.meta.dir, "..");

const exitWithParent = fileURLToPath(new URL("./exit-with-parent.ts", import.meta.url));
const exitOnFault = fileURLToPath(new URL("./exit-on-fault.ts", import.meta.url));

const WATCHING = ["--watch", "--no-clear-screen", "--preload", exitOnFault];

/** A script of ours as a child's command line: the same Bun, no `.env` of some folder. */
export function bunArgv(
  script: readonly string[],
  options: { readonly isWatching?: boolean } = {},
): readonly string[] {
  const watching = options.isWatching ? WATCHING : [];
  return [process.execPath, "--no-env-file", ...watching, "--preload", exitWithParent, ...script];
}
