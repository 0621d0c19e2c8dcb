import { readLastLine } from "../folder/last-line.ts";
import {
  listProgramKeys,
  openProgramFolder,
  type ProgramFolder,
} from "../folder/program-folder.ts";
import { openProgramSlotLine } from "../folder/slot-line.ts";
import { readLife } from "../life/read-life.ts";
import { readProgramKey } from "../program-key.ts";
import type { ProgramStatus } from "../program-status.ts";
import type { WorkerDeps } from "./worker-deps.ts";

/** Collected programs are history; of those only the latest are shown. */
const COLLECTED_SHOWN_MAX = 50;

export async function listPrograms(deps: WorkerDeps): Promise<readonly ProgramStatus[]> {
  const shown: ProgramStatus[] = [];
  let collectedCount = 0;
  for (const key of await listProgramKeys(deps.dir)) {
    const folder = openProgramFolder(deps.dir, key);
    try {
      const isCollected = (await folder.readCollected()) !== null;
      if (isCollected) collectedCount += 1;
      if (isCollected && collectedCount > COLLECTED_SHOWN_MAX) continue;
      const status = await readStatus(folder, deps);
      if (status !== null) shown.push(status);
    } catch (error) {
      // One damaged folder must not hide the others.
      deps.log(`program ${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return shown;
}

/** Null when the folder was retired while we looked. */
async function readStatus(folder: ProgramFolder, deps: WorkerDeps): Promise<ProgramStatus | null> {
  const life = await readLife(folder, deps.table);
  if (life.state === "absent") return null;
  const request = await folder.readRequest();
  const ended = life.state === "ended" ? life.ended : null;
  const slotName = request?.slot ?? null;
  const changedAt = new Date((await folder.changedAtMs()) ?? 0).toISOString();
  return {
    key: folder.key,
    ...readProgramKey(folder.key),
    ...(request && { stepId: request.stepId }),
    command: request?.command ?? "",
    state: life.state,
    slot:
      slotName === null
        ? null
        : { name: slotName, aheadCount: life.state === "waiting" ? await countAhead(slotName) : 0 },
    requestedAt: request?.requestedAt ?? changedAt,
    startedAt: (await folder.readLaunch())?.launchedAt ?? null,
    endedAt: ended?.endedAt ?? null,
    endedBy: ended?.endedBy ?? null,
    exitCode: ended?.exitCode ?? null,
    signal: ended?.signal ?? null,
    stdoutPath: folder.stdoutPath,
    stderrPath: folder.stderrPath,
    lastLine: await readLastLine([folder.stdoutPath, folder.stderrPath]),
    isCollected: life.state === "ended" && life.isCollected,
  };

  async function countAhead(name: string): Promise<number> {
    const line = openProgramSlotLine(deps.dir, name);
    const open = await line.listOpen();
    const place = open.findIndex((ticket) => ticket.key === folder.key);
    return place < 0 ? open.length : place;
  }
}
