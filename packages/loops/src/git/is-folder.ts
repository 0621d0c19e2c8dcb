import { lstat } from "node:fs/promises";

/** A real one: a link to a folder is none. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() === true;
}
