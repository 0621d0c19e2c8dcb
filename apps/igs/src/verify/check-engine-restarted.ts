import { hasEnded, type Run } from "@system-bus/inngest-api";
import { signalVerified } from "@system-bus/programs/processes";
import { formatDuration } from "../output/format-time.ts";
import type { FoundSupervisor } from "../supervisor/find-supervisor.ts";
import { failed, notChecked, type Verdict, well } from "./check-result.ts";
import {
  beginRun,
  findRefusal,
  findResumeTrouble,
  findThrough,
  nobodyStartsAgain,
  notBack,
  waitForReturn,
} from "./interrupted-run.ts";
import type { VerifyScene } from "./verify-scene.ts";
import { waitUntil } from "./wait-until.ts";

/** How many of the latest ended runs have to be the same before and after. */
const HISTORY_MAX = 100;
const HISTORY_MAX_MS = 30_000;

type History = readonly Pick<Run, "id" | "status">[];

/**
 * Ends the engine while a run waits: the runs that had ended are still known, and the one that waits goes
 * on. The embedded engine is killed outright, as a power cut would; a real server is asked to stop, since
 * a kill may cost it a minute of what others have running there.
 */
export async function checkEngineRestarted(scene: VerifyScene): Promise<Verdict> {
  const supervisor = await scene.findSupervisor();
  const engine = supervisor?.parts.engine;
  const reason = supervisor && findReasonAgainst(supervisor);
  if (reason) return reason;
  if (!supervisor || !engine) return nobodyStartsAgain("engine");
  const refusal = await findRefusal(scene);
  if (refusal) return refusal;
  const until = new Date(scene.clock.nowMs()).toISOString();
  const before = await loadHistory(scene, until);
  const begun = await beginRun(scene);
  if (begun.kind === "verdict") return begun.verdict;
  const through = await findThrough(scene, begun);
  if (through) return through;
  const signal = supervisor.engine === "start-embedded" ? "SIGKILL" : "SIGTERM";
  scene.onProgress("engine-restarted", `${signal} to the engine, pid ${engine.pid}`);
  const endedAtMs = scene.clock.nowMs();
  await signalVerified(scene.processes, engine, signal);
  const next = await waitForReturn(scene, "engine", engine);
  if (next === null) return notBack("engine", engine.pid);
  const downMs = scene.clock.nowMs() - endedAtMs;
  const after = await waitUntil(scene, HISTORY_MAX_MS, () => loadHistory(scene, until));
  const lost = after && findLost(before, after);
  const evidence = {
    runId: begun.runId,
    killedPid: engine.pid,
    nextPid: next.pid,
    downMs,
    runsBefore: before.length,
    runsAfter: after?.length ?? 0,
  };
  if (lost === null || lost.length > 0) {
    return failed(
      lost === null
        ? "the engine did not tell its runs after its restart"
        : `${lost.length} of ${before.length} runs are gone or changed: ${lost.slice(0, 5).join(", ")}`,
      "See that it keeps its state on a disk: `igs config` shows where, docs/operating.md how to back it up.",
      { ...evidence, lost: lost ?? [] },
    );
  }
  const resumed = await findResumeTrouble(scene, begun);
  if ("trouble" in resumed) {
    return failed(resumed.trouble, `\`igs why ${begun.runId}\` tells more.`, evidence);
  }
  return well(
    `pid ${engine.pid} was ${signal === "SIGKILL" ? "killed" : "stopped"}; ${formatDuration(downMs)} later its ${before.length} runs are as before, and one that waited went on`,
    evidence,
  );
}

function findReasonAgainst({ engine, mode }: FoundSupervisor): Verdict | null {
  if (engine === "attach") {
    return notChecked(
      "nothing here starts the engine again: it was running before this bus, and is somebody else's to restart",
      "Restart it yourself; `igs runs` has to show the same runs after it.",
    );
  }
  if (mode === "start") return null;
  return notChecked(
    "`igs dev` keeps its runs in memory: a restart forgets them, as it should",
    "`igs start` keeps them on disk.",
  );
}

async function loadHistory({ api, signal }: VerifyScene, until: string): Promise<History> {
  const query = { until, limit: HISTORY_MAX, signal };
  const runs = await Array.fromAsync(api.eachRun(query, HISTORY_MAX));
  return runs.filter(({ status }) => hasEnded(status));
}

/** Ids of runs that had ended before and are not, or not in the same way, there after. */
export function findLost(before: History, after: History): readonly string[] {
  const now = new Map(after.map(({ id, status }) => [id, status]));
  return before.filter(({ id, status }) => now.get(id) !== status).map(({ id }) => id);
}
