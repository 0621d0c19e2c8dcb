import { type Run, readSpanError } from "@system-bus/inngest-api";
import { formatDuration } from "../output/format-time.ts";
import { failed, type Verdict, well } from "./check-result.ts";
import { readEnd, sendVerifyEvent, waitForEnd, waitForRun } from "./verify-run.ts";
import type { VerifyScene } from "./verify-scene.ts";

const STARTED_MAX_MS = 15_000;
const ENDED_MAX_MS = 30_000;

/** An event made for it starts its function, and both steps run. */
export async function checkEvent(scene: VerifyScene): Promise<Verdict> {
  const started = await sendVerifyEvent(scene);
  const run = await waitForRun(scene, started, STARTED_MAX_MS);
  if (run === null) return nothingStarted(started.eventId);
  const ended = await waitForEnd(scene, run.id, ENDED_MAX_MS);
  const ms = scene.clock.nowMs() - started.sentAtMs;
  const evidence = { eventId: started.eventId, runId: run.id, ms };
  const trouble = findTrouble(ended, run.id, ENDED_MAX_MS);
  if (trouble !== null) return failed(trouble, `\`igs why ${run.id}\` tells more.`, evidence);
  return well(`system/verify ran through in ${formatDuration(ms)}`, evidence);
}

export function nothingStarted(eventId: string): Verdict {
  return failed(
    "the event was taken, and no run of system-verify was started",
    `\`igs why ${eventId}\` tells why.`,
    { eventId },
  );
}

/** Why a run that should have ended well has not; null when it has. `ended` is null while it goes on. */
export function findTrouble(ended: Run | null, runId: string, boundMs: number): string | null {
  if (ended === null) return `run ${runId} has not ended within ${formatDuration(boundMs)}`;
  if (ended.status === "COMPLETED") {
    return readEnd(ended) === null ? `run ${runId} returned something else than it should` : null;
  }
  const error = readSpanError(ended);
  const reason = error === null ? "" : `: ${error.message}`;
  return `run ${runId} ended as ${ended.status.toLowerCase()}${reason}`;
}
