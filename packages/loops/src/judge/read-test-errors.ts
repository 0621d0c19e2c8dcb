import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "@system-bus/programs";
import { findFirstErrors } from "../checks/first-errors.ts";
import { stripColours } from "../checks/strip-colours.ts";

/**
 * First lines of the locked tests' output that say what is wrong. `folder` is where their probe has left
 * its logs; none where it has left nothing.
 */
export async function readTestErrors(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  const logs = names.filter((name) => name.endsWith(".log")).sort();
  const texts = await Promise.all(logs.map((name) => readFile(join(folder, name), "utf8")));
  return texts.flatMap((text) => findFirstErrors(stripColours(text)));
}
