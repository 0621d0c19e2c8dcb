// A worker of the person's own, for functions of their own, beside the bus' worker.

import { BUS_APP_ID } from "@system-bus/events";
import type { Settings } from "@system-bus/settings";
import { decideTarget } from "../scaffold/decide-target.ts";
import { lookAtFolder } from "../scaffold/look-at-folder.ts";
import { RUNTIME_NAMES } from "../scaffold/runtimes.ts";
import { type Scaffolded, scaffoldWorker } from "../scaffold/scaffold-worker.ts";
import type { OwnWorker } from "./setup-answers.ts";

/** Throws when nothing of the kind could be written there: before anything else is changed. */
export async function checkOwnWorker({ folder, runtime }: OwnWorker): Promise<void> {
  decideTarget(await lookAtFolder(folder), runtime ?? undefined);
}

/** Twice is as once: a file that is there is never changed. */
export function writeOwnWorker(
  { folder, runtime }: OwnWorker,
  { enginePort, workerPort, settingsFile }: Settings,
): Promise<Scaffolded> {
  return scaffoldWorker({
    ...{ folder, runtime: runtime ?? undefined, settingsFile },
    busPorts: [enginePort, workerPort],
    busAppId: BUS_APP_ID,
  });
}

export function describeOwnWorker({ runtime, folder, written }: Scaffolded): string {
  const name = RUNTIME_NAMES[runtime];
  return written.length === 0
    ? `A worker for ${name} is in ${folder}`
    : `Write a worker for ${name} into ${folder}: ${written.length} files`;
}

/** What is left to the person, in the folder. */
export function describeRest({ folder, linesToAdd, commands }: Scaffolded): readonly string[] {
  if (linesToAdd === null && commands.length === 0) return [];
  const lines = linesToAdd === null ? [] : ["Add to the file that makes your app:", linesToAdd];
  return ["", `Your worker, in ${folder}:`, ...lines, ...commands.map((command) => `  ${command}`)];
}
