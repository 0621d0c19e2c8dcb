import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";

/** Of each file below a folder: mode, time and content; of each folder its mode. By relative path. */
export async function snapshotTree(folder: string): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  await walk(folder, folder, seen);
  return seen;
}

async function walk(root: string, folder: string, seen: Record<string, string>): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const found = await lstat(path, { bigint: true });
    const mode = found.mode.toString(8);
    const at = relative(root, path);
    if (found.isDirectory()) {
      seen[at] = mode;
      await walk(root, path, seen);
    } else {
      const content = found.isSymbolicLink() ? await readlink(path) : await readFile(path);
      seen[at] = `${mode} ${found.mtimeNs} ${createHash("sha256").update(content).digest("hex")}`;
    }
  }
}
