import { lstat, readlink, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, sep } from "node:path";
import type { StatusEntry } from "./read-status.ts";

/** One attempt's change, one story's: beyond these it is something else, such as a build's output. */
const CHANGE_BOUNDS = {
  filesMax: 2_000,
  fileMaxBytes: 10 * 1024 * 1024,
  allMaxBytes: 50 * 1024 * 1024,
};

/** What must not go into a commit, in words for the agent that is to mend it; null where all is well. */
export async function findRefusal(
  folder: string,
  entries: readonly StatusEntry[],
): Promise<string | null> {
  const { filesMax, allMaxBytes } = CHANGE_BOUNDS;
  if (entries.length > filesMax) {
    return `${entries.length} files are changed, more than ${filesMax}: remove what was generated, or have .gitignore name it`;
  }
  const root = await realpath(folder);
  const reasons: string[] = [];
  let allBytes = 0;
  for (const entry of entries) {
    if (entry.kind === "deleted") continue;
    const found = await examine(root, entry);
    if (typeof found === "string") reasons.push(found);
    else allBytes += found;
  }
  if (allBytes > allMaxBytes) {
    reasons.push(`the change holds ${allBytes} bytes, more than ${allMaxBytes}`);
  }
  if (reasons.length === 0) return null;
  const shown = reasons.slice(0, 10).join("; ");
  return reasons.length > 10 ? `${shown}; and ${reasons.length - 10} more` : shown;
}

/** Its size in bytes, or why it can't be taken. */
async function examine(root: string, { path, kind }: StatusEntry): Promise<number | string> {
  const name = JSON.stringify(path);
  const file = join(root, path);
  const found = await lstat(file).catch(() => null);
  if (found === null) return `${name} went away while it was looked at`;
  if (kind === "nested" || found.isDirectory()) {
    return `${name} is a git repository of its own: remove its .git`;
  }
  if (found.isSymbolicLink()) return (await linkRefusal(root, file, name)) ?? 0;
  if (!found.isFile()) return `${name} is neither a file nor a link: remove it`;
  if (found.size > CHANGE_BOUNDS.fileMaxBytes) {
    return `${name} holds ${found.size} bytes, more than ${CHANGE_BOUNDS.fileMaxBytes}: remove it`;
  }
  return found.size;
}

/** By its words and, where it leads somewhere, by where that is: a link can lead over another. */
async function linkRefusal(root: string, file: string, name: string): Promise<string | null> {
  const target = await readlink(file);
  const out = `${name} is a link out of the project (${JSON.stringify(target)}): remove it`;
  if (isAbsolute(target)) return out;
  const meant = normalize(join(dirname(file), target));
  if (!isInside(root, meant)) return out;
  const real = await realpath(file).catch(() => null);
  return real === null || isInside(root, real) ? null : out;
}

function isInside(root: string, path: string): boolean {
  const git = join(root, ".git");
  if (path === git || path.startsWith(git + sep)) return false;
  return path === root || path.startsWith(root + sep);
}
