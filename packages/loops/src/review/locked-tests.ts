// The tests that a review has written, kept where no agent works.
//
//   K1. What was locked is a copy in scratch, known by its SHA-256. It never changes: a second lock of the
//       same round that says something else is refused.
//   K2. Laying writes those very bytes, and only below the folder: through no link that an agent has put there.
//   K3. A locked test counts as touched when it is gone, is no plain file, or has other bytes.

import { createHash } from "node:crypto";
import { lstat, mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { LoopsError } from "../loops-error.ts";
import type { LockedTests } from "../record/fact.ts";

export interface LockPlace {
  readonly scratch: string;
  readonly storyId: string;
  /** Counts from 1. */
  readonly round: number;
}

export type LockedFiles = LockedTests["files"];

/** Copies the tests from the reviewer's checkout. Repeatable. */
export async function lockTests({
  folder,
  paths,
  place,
}: {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly place: LockPlace;
}): Promise<LockedFiles> {
  const files: LockedFiles = [];
  for (const path of [...paths].sort()) {
    const bytes = await readPlainFile(join(folder, path));
    if (bytes === null) throw refused(`${path} is no plain file, and can't be locked`);
    const sha256 = hashOf(bytes);
    const copyPath = join(lockFolder(place), path);
    const there = await readPlainFile(copyPath);
    if (there !== null && hashOf(there) !== sha256) {
      throw refused(`${path} is locked already, with other bytes`);
    }
    if (there === null) await writeWhole(copyPath, bytes);
    files.push({ path, sha256 });
  }
  return files;
}

/** Puts the locked tests into a checkout, over whatever stands there under their names. */
export async function layTests({
  folder,
  files,
  place,
}: {
  readonly folder: string;
  readonly files: LockedFiles;
  readonly place: LockPlace;
}): Promise<void> {
  for (const { path, sha256 } of files) {
    const bytes = await readPlainFile(join(lockFolder(place), path));
    if (bytes === null || hashOf(bytes) !== sha256) {
      throw new LoopsError(
        "RECORD_DAMAGED",
        `the locked test ${path} in ${lockFolder(place)} is not what was locked (${sha256}): somebody has changed the loop's scratch folder. Start the loop anew.`,
      );
    }
    await layFile({ folder, path, bytes });
  }
}

/** Those that somebody has changed, replaced or removed. */
export async function findTouched({
  folder,
  files,
}: {
  readonly folder: string;
  readonly files: LockedFiles;
}): Promise<string[]> {
  const touched: string[] = [];
  for (const { path, sha256 } of files) {
    const bytes = (await isBelow(folder, path)) ? await readPlainFile(join(folder, path)) : null;
    if (bytes === null || hashOf(bytes) !== sha256) touched.push(path);
  }
  return touched;
}

/** Writes a file into a checkout. Throws `CHANGE_REFUSED` where a link would lead it elsewhere. */
export async function layFile({
  folder,
  path,
  bytes,
}: {
  readonly folder: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}): Promise<void> {
  if (!(await isBelow(folder, path))) {
    throw refused(`${path} would be written outside of ${folder}: a link stands in its way`);
  }
  const target = join(folder, path);
  const there = await lstat(target).catch(() => null);
  if (there?.isDirectory() === true) await rm(target, { recursive: true });
  await writeWhole(target, bytes, 0o644);
}

/** Whether the folder of this file, as far as it exists, is within `folder` with all links resolved. */
async function isBelow(folder: string, path: string): Promise<boolean> {
  const root = await realpath(folder);
  for (let at = dirname(join(folder, path)); ; at = dirname(at)) {
    // A link that leads nowhere exists, too: what is made behind it would be elsewhere.
    const there = await lstat(at).catch(() => null);
    if (there === null) continue;
    const real = await realpath(at).catch(() => null);
    return real !== null && (real === root || real.startsWith(root + sep));
  }
}

function lockFolder({ scratch, storyId, round }: LockPlace): string {
  return join(scratch, "locked", storyId, String(round));
}

async function readPlainFile(path: string): Promise<Buffer | null> {
  const there = await lstat(path).catch(() => null);
  return there?.isFile() === true ? await readFile(path) : null;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** By a rename: a crash leaves the old file or the new one, and a link is replaced, not followed. */
async function writeWhole(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}`);
  await writeFile(temporary, bytes, { mode });
  await rename(temporary, path);
}

function refused(message: string): LoopsError {
  return new LoopsError("CHANGE_REFUSED", message);
}
