import { randomUUID } from "node:crypto";
import { lstat, rename, rm } from "node:fs/promises";

/** Git holds the lock of a ref for milliseconds. */
const STALE_AFTER_MS = 5_000;
const LOOK_AGAIN_MS = 200;

/**
 * Takes away the lock file of a ref that git complains about, once it is so old that whoever made it
 * must have been killed; waits for that. The ref is one that a single loop writes. True when another
 * try is worth while.
 *
 * The file is moved aside and looked at again before it is removed: a live one that was made in its
 * place meanwhile is not the one that was seen.
 */
export async function breakStaleLock(complaint: string, ref: string): Promise<boolean> {
  const path = /Unable to create '(.+)': File exists/.exec(complaint)?.[1];
  if (path === undefined || !path.endsWith(`/${ref}.lock`)) return false;
  const seen = await waitUntilStale(path);
  if (seen === null) return true;
  // Git's own prune removes what is called so, should this process be killed here.
  const repository = path.slice(0, -`/${ref}.lock`.length);
  const aside = `${repository}/objects/tmp_lock_${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return true;
  }
  if ((await lstat(aside)).ino === seen.ino) await rm(aside, { force: true });
  else await rename(aside, path);
  return true;
}

/** Null when it went away by itself. */
async function waitUntilStale(path: string) {
  const seen = await lstat(path).catch(() => null);
  if (seen === null || Date.now() - seen.mtimeMs > STALE_AFTER_MS) return seen;
  for (let waitedMs = 0; waitedMs < STALE_AFTER_MS; waitedMs += LOOK_AGAIN_MS) {
    await Bun.sleep(LOOK_AGAIN_MS);
    if ((await lstat(path).catch(() => null))?.ino !== seen.ino) return null;
  }
  return seen;
}
