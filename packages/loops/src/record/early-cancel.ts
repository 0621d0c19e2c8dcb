// The mark of a cancel that came before its loop stood in its record. The run that was to begin it may still
// be in its first step, on its way to the claim: whoever of the two comes second finds what the other left,
// as long as the mark is set before the claim is looked for, and the claim taken before the mark is.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, writeOnce } from "@system-bus/programs";
import { loopPlaces } from "./loop-places.ts";
import { makeFolder } from "./make-folder.ts";

/** No loop's id, so no loop's folder. */
const FOLDER = ".cancelled-early";

/** On disk when it resolves. */
export async function markEarlyCancel(loopsFolder: string, loopId: string): Promise<void> {
  await makeFolder(join(loopsFolder, FOLDER));
  await writeOnce(pathOf(loopsFolder, loopId), "");
}

export async function hasEarlyCancel(loopsFolder: string, loopId: string): Promise<boolean> {
  try {
    await stat(pathOf(loopsFolder, loopId));
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

function pathOf(loopsFolder: string, loopId: string): string {
  // Throws for what is no loop's id: it never becomes a path.
  return join(loopsFolder, FOLDER, loopPlaces(loopsFolder, loopId).loopId);
}
