// The life of a supervisor: claim the key, wait for the slot, run the program, end all of it, tell
// the run until it has collected the result. README.md numbers the invariants that this rests on.

import { announce } from "../announce.ts";
import type { Clock } from "../clock.ts";
import { openProgramFolder } from "../folder/program-folder.ts";
import type { EndedRecord } from "../folder/records.ts";
import { openStopMarks } from "../folder/stop-marks.ts";
import { type Announcements, announceGapMs, countAnnouncement } from "../life/announce-gap.ts";
import { identityOf } from "../processes/process-table.ts";
import type { SupervisorOrder } from "./order.ts";
import { runToEnd } from "./run-to-end.ts";
import { mustGo, type Supervision, type SupervisorDeps, TICK_MS } from "./supervision.ts";
import { waitForSlot } from "./wait-for-slot.ts";

const STUBBORN_GAP_MS = 3_000;
/** After this the worker's own scan announces the end, and no idle supervisor fills the memory. */
const ANNOUNCE_MAX_MS = 3_600_000;

/** Returns without a word when the key has its supervisor already: of several, one goes on. */
export async function supervise(order: SupervisorOrder, deps: SupervisorDeps): Promise<void> {
  const folder = openProgramFolder(order.dir, order.key);
  const supervision = { ...deps, order, folder, stopMarks: openStopMarks(order.dir) };
  if (!(await claim(supervision))) return;

  const granted = await waitForSlot(supervision);
  const ended =
    granted.kind === "end"
      ? neverLaunched(granted.endedBy, deps.clock)
      : await runToEnd(supervision);
  await writeStubbornly(() => folder.writeEnded(ended), supervision);
  await announceUntilCollected(supervision, ended);
}

async function claim({ table, folder, clock }: Supervision): Promise<boolean> {
  const self = await table.find(process.pid);
  if (self === null) throw new Error("the process table does not show this process");
  const claimedAt = new Date(clock.nowMs()).toISOString();
  return folder.writeClaim({ supervisor: identityOf(table, self), claimedAt });
}

function neverLaunched(endedBy: EndedRecord["endedBy"], clock: Clock): EndedRecord {
  return {
    endedBy,
    exitCode: null,
    signal: null,
    endedAt: new Date(clock.nowMs()).toISOString(),
    outputDroppedBytes: 0,
  };
}

/** A full disk passes; an end that is never told would hold the run and the slot for good. */
async function writeStubbornly(
  write: () => Promise<unknown>,
  supervision: Supervision,
): Promise<void> {
  const { clock, log } = supervision;
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      // Nothing lives any more; whoever finds this claim later ends it as lost.
      if (await mustGo(supervision)) return;
      log(`the end cannot be written yet: ${String(error)}`);
      await clock.sleepMs(STUBBORN_GAP_MS);
    }
  }
}

async function announceUntilCollected(supervision: Supervision, ended: EndedRecord): Promise<void> {
  const { order, folder, stopMarks, clock } = supervision;
  const endedMs = clock.steadyMs();
  let told: Announcements = { acceptedCount: 0, refusedCount: 0 };
  let nextMs = endedMs;
  while (!(await mustGo(supervision)) && clock.steadyMs() - endedMs < ANNOUNCE_MAX_MS) {
    if ((await folder.readCollected()) !== null) return;
    if (await stopMarks.isSet(order.runId)) return;
    if (clock.steadyMs() >= nextMs) {
      const isAccepted = await announce(order.sendTo, { key: order.key, request: order, ended });
      told = countAnnouncement(told, isAccepted);
      nextMs = clock.steadyMs() + announceGapMs(told);
    }
    await clock.sleepMs(TICK_MS);
  }
}
