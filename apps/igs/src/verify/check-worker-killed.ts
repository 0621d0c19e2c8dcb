import { signalVerified } from "@system-bus/programs/processes";
import { formatDuration } from "../output/format-time.ts";
import { failed, notChecked, type Verdict, well } from "./check-result.ts";
import {
  beginRun,
  findRefusal,
  findResumeTrouble,
  nobodyStartsAgain,
  notBack,
  waitForReturn,
  wasThrough,
} from "./interrupted-run.ts";
import { isSameProcess } from "./verify-run.ts";
import type { VerifyScene } from "./verify-scene.ts";

/**
 * Kills the worker in the middle of a run. It has to be the one that our supervisor keeps (by its record) and
 * the one that runs this engine's functions (by what the run's first step said of itself): a pid alone may
 * be anyone's, in a container even of the same number.
 */
export async function checkWorkerKilled(scene: VerifyScene): Promise<Verdict> {
  const worker = (await scene.findSupervisor())?.parts.worker;
  if (!worker) return nobodyStartsAgain("worker");
  const refusal = await findRefusal(scene);
  if (refusal) return refusal;
  const begun = await beginRun(scene);
  if (begun.kind === "verdict") return begun.verdict;
  const { runId, first } = begun;
  if (!isSameProcess(first.worker, worker)) {
    return notChecked(
      `this engine's functions are run by another worker than the one that is kept here (pid ${worker.pid})`,
      "Stop the other one; `igs functions` and its address in the dashboard tell where it is.",
    );
  }
  scene.onProgress("worker-killed", `kill -9 ${worker.pid}, in the middle of run ${runId}`);
  const killedAtMs = scene.clock.nowMs();
  await signalVerified(scene.processes, worker, "SIGKILL");
  const next = await waitForReturn(scene, "worker", worker);
  if (next === null) return notBack("worker", worker.pid);
  const downMs = scene.clock.nowMs() - killedAtMs;
  const resumed = await findResumeTrouble(scene, begun);
  const evidence = { runId, killedPid: worker.pid, nextPid: next.pid, downMs, token: first.token };
  if ("trouble" in resumed) {
    return failed(resumed.trouble, `\`igs why ${runId}\` tells more.`, evidence);
  }
  if (isSameProcess(resumed.second.worker, worker)) {
    return wasThrough(runId);
  }
  const ms = scene.clock.nowMs() - killedAtMs;
  return well(
    `pid ${worker.pid} was killed in the middle; pid ${next.pid} went on ${formatDuration(ms)} later, and no step ran twice`,
    { ...evidence, ms },
  );
}
