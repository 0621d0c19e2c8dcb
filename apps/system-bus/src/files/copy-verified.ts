// Copies one file so that its target is either whole and proven equal, or not there at all.

import { constants } from "node:fs";
import { copyFile, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./atomic-write.ts";
import { sha256File } from "./sha256-file.ts";

export interface Copied {
  readonly kind: "copied" | "already-there";
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Skips a target that is equal already. A target that differs is replaced: its name holds the video's
 * identity, so it can only be an older or damaged copy of the same video.
 */
export async function copyVerified(source: string, target: string): Promise<Copied> {
  const { size: sizeBytes } = await stat(source);
  const sha256 = await sha256File(source);
  const existing = await stat(target).catch(() => null);
  if (existing?.size === sizeBytes && (await sha256File(target)) === sha256) {
    return { kind: "already-there", sha256, sizeBytes };
  }
  const part = `${target}.part`;
  try {
    await copyFile(source, part, constants.COPYFILE_FICLONE);
    await syncFile(part);
    const written = await sha256File(part);
    if (written !== sha256)
      throw new Error(`the copy ${part} differs from its source: ${written} is not ${sha256}`);
    await rename(part, target);
  } catch (error) {
    // A part that can't be removed must not hide why the copy failed.
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(target));
  return { kind: "copied", sha256, sizeBytes };
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
