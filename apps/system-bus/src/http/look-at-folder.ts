import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { FolderHealth } from "./health.ts";

const FREE_BYTES_MIN = 200 * 1024 * 1024;

/** Whether a folder can be written, or made where it is missing. Changes nothing. */
export async function lookAtFolder(path: string): Promise<FolderHealth> {
  return { path, problem: await findProblem(path) };
}

async function findProblem(path: string): Promise<string | null> {
  try {
    const existing = await nearestExisting(path);
    if (!(await stat(existing)).isDirectory()) return `${existing} is a file, not a folder`;
    await access(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(existing);
    const freeBytes = bavail * bsize;
    if (freeBytes >= FREE_BYTES_MIN) return null;
    return `only ${Math.floor(freeBytes / 1_000_000)} MB are free on its disk; free some`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function nearestExisting(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found || dirname(path) === path ? path : nearestExisting(dirname(path));
}
