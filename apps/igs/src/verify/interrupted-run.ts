// What both kills have in common: a run that pauses between its steps, and a part that is ended meanwhile.

import { hasEnded } from "@system-bus/inngest-api";
import type { ProcessIdentity } from "@system-bus/programs/processes";
import { formatDuration } from "../output/format-time.ts";
import type { PartName } from "../supervisor/part-name.ts";
import { findTrouble, nothingStarted } from "./check-event.ts";
import { failed, notChecked, type Verdict } from "./check-result.ts";
import {
  isSameProcess,
  readEnd,
  sendVerifyEvent,
  type VerifyStep,
  waitForEnd,
  waitForFirstStep,
  waitForRun,
} from "./verify-run.ts";
import type { VerifyScene } from "./verify-scene.ts";
import { waitUntil } from "./wait-until.ts";

/** Long enough to see the first step and end a part before the second one begins. */
const PAUSE_SECONDS = 3;
const STARTED_MAX_MS = 15_000;
const FIRST_STEP_MAX_MS = 15_000;
const BACK_MAX_MS = 60_000;
/** A real server counts the call that met no worker as an attempt, and tries again half a minute later. */
const RESUMED_MAX_MS = 90_000;

export interface BegunRun {
  readonly kind: "begun";
  readonly runId: string;
  readonly first: VerifyStep;
}

type Refusal = { readonly kind: "verdict"; readonly verdict: Verdict };

/** A run whose first step is stored, and which now pauses. */
export async function beginRun(scene: VerifyScene): Promise<BegunRun | Refusal> {
  const started = await sendVerifyEvent(scene, PAUSE_SECONDS);
  const run = await waitForRun(scene, started, STARTED_MAX_MS);
  if (run === null) return { kind: "verdict", verdict: nothingStarted(started.eventId) };
  const first = await waitForFirstStep(scene, run.id, FIRST_STEP_MAX_MS);
  if (first !== null) return { kind: "begun", runId: run.id, first };
  const text = `the first step of run ${run.id} was not stored within ${formatDuration(FIRST_STEP_MAX_MS)}`;
  const cure = `\`igs why ${run.id}\` tells why.`;
  return { kind: "verdict", verdict: failed(text, cure, { runId: run.id }) };
}

/** Null when the run still pauses, so that ending a part now is in its middle. */
export async function findThrough(
  { api, signal }: VerifyScene,
  { runId }: BegunRun,
): Promise<Verdict | null> {
  const run = await api.getRun(runId, { signal });
  return hasEnded(run.status) ? wasThrough(runId) : null;
}

export function wasThrough(runId: string): Verdict {
  return notChecked(`run ${runId} was through before anything was ended`, "Try again.");
}

/** The part's next process, once its supervisor says that it is ready; null when it isn't in time. */
export function waitForReturn(
  scene: VerifyScene,
  part: PartName,
  before: ProcessIdentity,
): Promise<ProcessIdentity | null> {
  return waitUntil(scene, BACK_MAX_MS, async () => {
    const now = (await scene.findSupervisor())?.parts[part];
    return now !== undefined && !isSameProcess(now, before) ? now : null;
  });
}

export function notBack(part: PartName, pid: number): Verdict {
  return failed(
    `the ${part} (pid ${pid}) was ended and did not come back within ${formatDuration(BACK_MAX_MS)}`,
    "Look at what `igs start` says of it, and start that anew.",
    { killedPid: pid },
  );
}

/** Null when the run went on where it was and its first step ran once, else what is wrong. */
export async function findResumeTrouble(
  scene: VerifyScene,
  { runId, first }: BegunRun,
): Promise<{ readonly trouble: string } | { readonly second: VerifyStep }> {
  const ended = await waitForEnd(scene, runId, RESUMED_MAX_MS);
  const trouble = findTrouble(ended, runId, RESUMED_MAX_MS);
  if (trouble !== null) return { trouble };
  const end = ended && readEnd(ended);
  if (!end) return { trouble: `run ${runId} returned something else than it should` };
  if (end.one.token === first.token) return { second: end.two };
  return { trouble: `the first step of run ${runId} ran a second time` };
}

/** Null when the part may be ended for a moment. */
export async function findRefusal({ askConsent }: VerifyScene): Promise<Verdict | null> {
  const consent = await askConsent();
  return consent.kind === "given" ? null : notChecked(consent.reason, consent.cure);
}

/** Why a part can't be ended here: it would stay away. */
export function nobodyStartsAgain(part: PartName): Verdict {
  return notChecked(
    `nothing here starts the ${part} again`,
    "`igs start` and `igs daemon install` keep it alive.",
  );
}
