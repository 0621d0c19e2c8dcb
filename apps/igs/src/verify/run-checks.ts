// The seeds' verification list, each line tried for real.
//
// Invariants:
//   V1. What can't be tried is "not checked", with the reason, and never well.
//   V2. One fault is told once, and where something has failed nothing more is ended.
//   V3. Nothing is ended that would not come back, that is not ours by its verified identity, or without
//       the consent of whoever has something in the middle.
//   V4. Each check is bounded in time. Ctrl-C gives up the one in hand; the bus runs on.

import { checkDaemon } from "./check-daemon.ts";
import { checkDashboard } from "./check-dashboard.ts";
import { checkEngineRestarted } from "./check-engine-restarted.ts";
import { checkEvent } from "./check-event.ts";
import {
  CHECK_IDS,
  type CheckId,
  type CheckResult,
  notChecked,
  toResult,
  type Verdict,
} from "./check-result.ts";
import { checkWorker } from "./check-worker.ts";
import { checkWorkerKilled } from "./check-worker-killed.ts";
import type { Consent } from "./consent.ts";
import { describeTrouble } from "./describe-trouble.ts";
import type { VerifyScene } from "./verify-scene.ts";

interface Check {
  readonly title: string;
  readonly make: (scene: VerifyScene) => Promise<Verdict>;
}

const CHECKS: Readonly<Record<CheckId, Check>> = {
  dashboard: { title: "the dashboard", make: checkDashboard },
  worker: { title: "the worker's registration", make: checkWorker },
  "test-event": { title: "a test event", make: checkEvent },
  "worker-killed": {
    title: "a run in whose middle the worker is killed",
    make: checkWorkerKilled,
  },
  "engine-restarted": {
    title: "a run in whose middle the engine is restarted",
    make: checkEngineRestarted,
  },
  daemon: { title: "the daemon", make: checkDaemon },
};

/** The results in the list's order; fewer when the scene's signal was aborted. */
export async function runChecks(scene: VerifyScene): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const asking = { ...scene, askConsent: once(scene.askConsent) };
  for (const id of CHECK_IDS) {
    const beganAtMs = scene.clock.nowMs();
    const verdict = await makeCheck(asking, id, results);
    if (scene.signal.aborted) break;
    const result = toResult(id, verdict, scene.clock.nowMs() - beganAtMs);
    results.push(result);
    scene.onResult(result);
  }
  return results;
}

async function makeCheck(
  scene: VerifyScene,
  id: CheckId,
  results: readonly CheckResult[],
): Promise<Verdict> {
  const { title, make } = CHECKS[id];
  const broken = results.find(isInTheWay);
  if (broken) return notChecked(`${CHECKS[broken.id].title} has to be well for it`);
  try {
    scene.onProgress(id, title);
    return await make(scene);
  } catch (error) {
    return describeTrouble(error);
  }
}

/** Each check builds on those before it; only a server without a page runs functions all the same. */
function isInTheWay({ id, state, evidence }: CheckResult): boolean {
  return state === "failed" && !(id === "dashboard" && evidence["status"] !== undefined);
}

/** A person is asked once, whatever the answer. */
function once(ask: () => Promise<Consent>): () => Promise<Consent> {
  let asked: Promise<Consent> | null = null;
  return () => {
    asked ??= ask();
    return asked;
  };
}
