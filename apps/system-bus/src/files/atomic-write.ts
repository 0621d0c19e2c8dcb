// A reader sees the old file or the new one, never a part, whenever the process or the machine dies.
//
// W1. Bytes are on disk before they get their name (fsync, then rename or link, then fsync of the folder).
// W2. Whatever fails, no temporary file stays behind, unless the process was killed.

import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describeFileError, systemCode } from "../worker-error.ts";

/** Replaces the file, or makes it with `mode`. A link to a file stays a link; permissions stay. */
export async function writeFileAtomic(
  path: string,
  content: string,
  newMode = 0o644,
): Promise<void> {
  await withReadableErrors(path, async () => {
    const target = await realpath(path).catch(() => path);
    await mkdir(dirname(target), { recursive: true });
    const mode = await stat(target).then(
      (found) => found.mode & 0o777,
      () => null,
    );
    await withTemporary({ path: target, content, mode: newMode }, async (temporary) => {
      if (mode !== null) await chmod(temporary, mode);
      await rename(temporary, target);
    });
    await syncFolder(dirname(target));
  });
}

/** Makes the file; false when one of that name is there already, which then stays as it is. */
export async function createFileAtomic(path: string, content: string): Promise<boolean> {
  return withReadableErrors(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    const isCreated = await withTemporary({ path, content, mode: 0o644 }, (temporary) =>
      linkNew(temporary, path),
    );
    if (isCreated) await syncFolder(dirname(path));
    return isCreated;
  });
}

interface TemporaryFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

async function withTemporary<T>(
  { path, content, mode }: TemporaryFile,
  place: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = join(
    dirname(path),
    `.${basename(path).slice(0, 40)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  try {
    const file = await open(temporary, "wx", mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    return await place(temporary);
  } finally {
    // One that can't be removed must not hide why the write failed.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** `link` fails when the name is taken, where `rename` would replace. Some file systems have no links. */
async function linkNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    if (await stat(path).catch(() => null)) return false;
    await rename(temporary, path);
    return true;
  }
}

/** Without this the new name itself could be lost in a power cut. Some file systems refuse; that is fine. */
export async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, "r").catch(() => null);
  if (!opened) return;
  try {
    await opened.sync();
  } catch {
    // Network shares and FAT can't; the file itself is safe.
  } finally {
    await opened.close();
  }
}

export async function withReadableErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw describeFileError(error, path);
  }
}

/** The text of a file; null when there is none. */
export async function readFileIfAny(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}
