import {
  listProgramKeys,
  openProgramFolder,
  type ProgramFolder,
} from "../folder/program-folder.ts";
import { openStopMarks } from "../folder/stop-marks.ts";
import { bury } from "../life/bury.ts";
import { readLife } from "../life/read-life.ts";
import { killSupervisor } from "./kill-supervisor.ts";
import type { WorkerDeps } from "./worker-deps.ts";

/** A supervisor that saw the mark has killed its program by then, also one that ignores SIGTERM. */
const SUPERVISOR_MAX_MS = 1_600;
const ORPHAN_GRACE_MS = 1_000;
const LOOK_EVERY_MS = 50;

/**
 * Ends the run's programs, and keeps those from starting whose start is still on its way. The
 * supervisors see the mark themselves; one that does not act is ended together with its program.
 */
export async function stopRun(deps: WorkerDeps, runId: string): Promise<void> {
  await openStopMarks(deps.dir).set(runId);
  const keys = (await listProgramKeys(deps.dir)).filter((key) => key.startsWith(`${runId}.`));
  await Promise.all(keys.map((key) => stopProgram(deps, openProgramFolder(deps.dir, key))));
}

async function stopProgram(deps: WorkerDeps, folder: ProgramFolder): Promise<void> {
  const { table, clock } = deps;
  const beganMs = clock.steadyMs();
  for (;;) {
    const life = await readLife(folder, table);
    switch (life.state) {
      case "absent":
      case "requested":
        return;
      case "ended":
        // Nobody waits for it any more.
        await folder.writeCollected({ collectedAt: new Date(clock.nowMs()).toISOString() });
        return;
      case "orphaned": {
        const isLate = clock.steadyMs() - beganMs > SUPERVISOR_MAX_MS;
        const graceMs = isLate ? 0 : ORPHAN_GRACE_MS;
        await bury(folder, { table, clock, endedBy: "stopped", graceMs });
        break;
      }
      default:
        if (clock.steadyMs() - beganMs > SUPERVISOR_MAX_MS) await killSupervisor(folder, deps);
        await clock.sleepMs(LOOK_EVERY_MS);
    }
  }
}
