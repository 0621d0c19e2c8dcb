import { readdir } from "node:fs/promises";
import { join } from "node:path";

const FILES_MAX = 20_000;
const DEPTH_MAX = 8;
const SKIPPED: ReadonlySet<string> = new Set([
  ...["node_modules", "dist", "build", "out", "coverage", "target", "vendor", "__pycache__"],
]);

/**
 * Paths of a project's files relative to its folder, those at the top first. What programs make, hidden
 * folders, and whatever stands behind links is left out.
 */
export async function listFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  let level = [""];
  for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const under of level) {
      const { files, folders } = await readFolder(folder, under);
      found.push(...files);
      next.push(...folders);
      if (found.length >= FILES_MAX) return found.slice(0, FILES_MAX);
    }
    level = next;
  }
  return found;
}

async function readFolder(folder: string, under: string) {
  const entries = await readdir(join(folder, under), { withFileTypes: true });
  const pathOf = ({ name }: { name: string }) => (under === "" ? name : `${under}/${name}`);
  const isOurs = ({ name }: { name: string }) => !SKIPPED.has(name) && !name.startsWith(".");
  return {
    files: entries
      .filter((entry) => entry.isFile())
      .map(pathOf)
      .sort(),
    folders: entries
      .filter((entry) => entry.isDirectory() && isOurs(entry))
      .map(pathOf)
      .sort(),
  };
}
