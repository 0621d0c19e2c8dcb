import { randomUUID } from "node:crypto";
import { copyFile, lstat, utimes } from "node:fs/promises";
import { join } from "node:path";

/**
 * Keeps the time of the original: git compares it with the files' times to see which of them could
 * have changed unnoticed. False where there is no index yet.
 */
export async function copyIndex(from: string, to: string): Promise<boolean> {
  const found = await lstat(from).catch(() => null);
  if (found === null) return false;
  await copyFile(from, to);
  const seconds = Math.floor(found.mtimeMs) / 1_000;
  await utimes(to, seconds, seconds);
  return true;
}

/**
 * The path of a copy of a repository's index to work on, so that a lock left by a process that was
 * killed stops nobody. Nothing is there where the repository has none yet.
 */
export async function draftIndex(gitDir: string): Promise<string> {
  const draft = join(gitDir, `index-${randomUUID()}`);
  await copyIndex(join(gitDir, "index"), draft);
  return draft;
}
