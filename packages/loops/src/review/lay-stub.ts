import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { InterfaceFile } from "./declarations.ts";
import { layFile } from "./locked-tests.ts";
import { makeStub } from "./stub.ts";

/**
 * Puts a stub of each file into a checkout at the base commit. Throws `CHANGE_REFUSED` where a link would
 * lead it elsewhere.
 */
export async function layStub({
  folder,
  files,
}: {
  readonly folder: string;
  readonly files: readonly InterfaceFile[];
}): Promise<void> {
  for (const file of files) {
    const stub = makeStub(file, {
      canLoad: (name) => isInstalled(folder, { name, from: file.path }),
    });
    await layFile({ folder, path: stub.path, bytes: new TextEncoder().encode(stub.text) });
  }
}

/** As a module's own place has it: in the node_modules beside it, or above it within the project. */
function isInstalled(folder: string, { name, from }: { name: string; from: string }): boolean {
  for (let at = dirname(from); ; at = dirname(at)) {
    if (existsSync(join(folder, at, "node_modules", name))) return true;
    if (at === ".") return false;
  }
}
