import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Bytes that this user may still write on the disk of a folder, which need not exist yet. */
export async function freeBytesAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(await nearestExisting(path));
  return bavail * bsize;
}

/** The folder itself, or the nearest above it that is there. */
export async function nearestExisting(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found || dirname(path) === path ? path : nearestExisting(dirname(path));
}
