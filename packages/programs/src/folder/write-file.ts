import { randomUUID } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Creates the file with all of its content, on disk, or not at all. False when it exists already: of
 * many writers one wins, and a reader never sees half a record.
 */
export async function writeOnce(path: string, content: string): Promise<boolean> {
  const draft = await writeDraft(path, content, { mustSync: true });
  try {
    await link(draft, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces the file in one move. Unless it is synced, it may be gone or empty after a power cut. */
export async function replaceFile(
  path: string,
  content: string,
  { mustSync }: { readonly mustSync: boolean } = { mustSync: false },
): Promise<void> {
  const draft = await writeDraft(path, content, { mustSync });
  try {
    await rename(draft, path);
    if (mustSync) await syncFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

export function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

async function writeDraft(
  path: string,
  content: string,
  { mustSync }: { readonly mustSync: boolean },
): Promise<string> {
  const draft = `${path}.${randomUUID()}.draft`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(content);
    if (mustSync) await file.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return draft;
}

/** Without this a power cut may forget the name of a file whose content it kept. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
