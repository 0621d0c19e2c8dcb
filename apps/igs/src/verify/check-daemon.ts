import { signalVerified } from "@system-bus/programs/processes";
import { formatDuration } from "../output/format-time.ts";
import type { FoundSupervisor } from "../supervisor/find-supervisor.ts";
import { failed, notChecked, type Verdict, well } from "./check-result.ts";
import { findRefusal } from "./interrupted-run.ts";
import { isSameProcess } from "./verify-run.ts";
import type { VerifyScene } from "./verify-scene.ts";
import { waitUntil } from "./wait-until.ts";

/** launchd waits ten seconds between two starts, and the old parts have to let go of their ports first. */
const BACK_MAX_MS = 120_000;

/** Kills the `igs start` that the service manager keeps, and looks whether all of it comes back. */
export async function checkDaemon(scene: VerifyScene): Promise<Verdict> {
  const daemon = await scene.lookAtDaemon();
  if (daemon.kind === "none") return notChecked(daemon.reason, daemon.cure);
  const { name, pid, startsAtBoot } = daemon;
  if (pid === null) {
    return failed(
      `${name} is installed and does not run`,
      "`igs daemon logs` tells why; `igs daemon restart` starts it.",
      { name },
    );
  }
  const before = (await scene.findSupervisor())?.supervisor;
  if (before?.pid !== pid) {
    return notChecked(
      `the bus that answers is not the one that ${name} runs (pid ${pid})`,
      "Stop the one that was started by hand.",
    );
  }
  const refusal = await findRefusal(scene);
  if (refusal) return refusal;
  scene.onProgress("daemon", `kill -9 ${pid}, which ${name} runs`);
  const killedAtMs = scene.clock.nowMs();
  await signalVerified(scene.processes, before, "SIGKILL");
  const next = await waitUntil(scene, BACK_MAX_MS, async () => {
    const now = await scene.findSupervisor();
    return now && !isSameProcess(now.supervisor, before) && hasAllParts(now) ? now : null;
  });
  const downMs = scene.clock.nowMs() - killedAtMs;
  if (next === null) {
    return failed(
      `${name} was killed (pid ${pid}) and did not come back within ${formatDuration(BACK_MAX_MS)}`,
      "`igs daemon logs` tells why.",
      { name, killedPid: pid },
    );
  }
  return well(
    `pid ${pid} of ${name} was killed; ${formatDuration(downMs)} later engine and worker were back${whenItStarts(startsAtBoot)}`,
    { name, killedPid: pid, nextPid: next.supervisor.pid, downMs },
  );
}

function whenItStarts(startsAtBoot: boolean | null): string {
  if (startsAtBoot === null) return "";
  return startsAtBoot ? ", and it starts at boot" : ", and it starts when you log in";
}

function hasAllParts({ engine, parts }: FoundSupervisor): boolean {
  return parts.worker !== undefined && (engine === "attach" || parts.engine !== undefined);
}
