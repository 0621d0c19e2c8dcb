import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { freeBytesAt, nearestExisting } from "@system-bus/programs";
import type { FolderHealth } from "./health.ts";

const FREE_BYTES_MIN = 200 * 1024 * 1024;

/** Whether a folder can be written, or made where it is missing. Changes nothing. */
export async function lookAtFolder(path: string): Promise<FolderHealth> {
  return { path, problem: await findProblem(path) };
}

async function findProblem(path: string): Promise<string | null> {
  try {
    const existing = await nearestExisting(path);
    if (!(await stat(existing)).isDirectory()) return `${existing} is a file, not a folder`;
    await access(existing, constants.W_OK | constants.X_OK);
    const freeBytes = await freeBytesAt(existing);
    if (freeBytes >= FREE_BYTES_MIN) return null;
    return `only ${Math.floor(freeBytes / 1_000_000)} MB are free on its disk; free some`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
