// `.stops/<runId>`: the programs of this run must end, and none may start. The mark is set before
// anything is looked at, and every start looks for it after its claim: so either the start sees the
// mark, or the stop sees the claim.

import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkRunId } from "../program-key.ts";
import { errorCode, writeOnce } from "./write-file.ts";

export interface StopMarks {
  set(runId: string): Promise<void>;
  isSet(runId: string): Promise<boolean>;
  /** Removes marks that are older than any start can still be on its way. */
  forgetOlderThan(atMs: number): Promise<void>;
}

export function openStopMarks(dir: string): StopMarks {
  const folder = join(dir, ".stops");
  const markPath = (runId: string) => join(folder, checkRunId(runId));
  return {
    set: async (runId) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeOnce(markPath(runId), "");
    },
    isSet: async (runId) => (await modifiedAtMs(markPath(runId))) !== null,
    forgetOlderThan: async (atMs) => {
      for (const name of await listNames(folder)) {
        const markedAtMs = await modifiedAtMs(join(folder, name));
        if (markedAtMs !== null && markedAtMs < atMs) await rm(join(folder, name), { force: true });
      }
    },
  };
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

async function modifiedAtMs(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
