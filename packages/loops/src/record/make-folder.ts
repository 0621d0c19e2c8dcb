import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "@system-bus/programs";

/**
 * Makes a folder for its owner's eyes, with those above it. What was made is on the disk: a power cut
 * must not forget the folder of a file that was synced.
 */
export async function makeFolder(path: string): Promise<void> {
  const highest = await mkdir(path, { recursive: true, mode: 0o700 });
  if (highest === undefined) return;
  for (let made = path; made.length >= highest.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}
