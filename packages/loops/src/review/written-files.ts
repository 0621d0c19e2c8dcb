import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { listFiles } from "../checks/list-files.ts";

const NotesSchema = z.record(z.string(), z.string());

/** Notes what the files of a checkout look like, before tests run in it. */
export async function noteFiles(folder: string, notePath: string): Promise<void> {
  await mkdir(dirname(notePath), { recursive: true, mode: 0o700 });
  await writeFile(notePath, JSON.stringify(await lookAt(folder)), { mode: 0o600 });
}

/** Files that were there before and are changed or gone. New ones are nobody's loss. */
export async function findWritten(folder: string, notePath: string): Promise<string[]> {
  const before = NotesSchema.parse(JSON.parse(await readFile(notePath, "utf8")));
  const now = await lookAt(folder);
  return Object.keys(before).filter((path) => now[path] !== before[path]);
}

async function lookAt(folder: string): Promise<Record<string, string>> {
  const looks = (await listFiles(folder)).map(async (path) => {
    const found = await stat(join(folder, path), { bigint: true }).catch(() => null);
    return [path, found === null ? "gone" : `${found.ino} ${found.size} ${found.mtimeNs}`] as const;
  });
  return Object.fromEntries(await Promise.all(looks));
}
