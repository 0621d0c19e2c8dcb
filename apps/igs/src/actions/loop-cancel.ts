import { hasEnded } from "@system-bus/inngest-api";
import { loadLoop } from "@system-bus/loops";
import { createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { type Connection, type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { findLoopId, type NamedLoop } from "../loop/find-loop.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { type ActivityReader, createActivityReader } from "../loop/loop-programs.ts";
import { personsEventId, sendLoopEvent } from "../loop/send-loop-event.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";

export interface LoopCancelFlags extends ConnectionFlags {
  readonly reason?: string;
  readonly removeClone?: boolean;
  readonly detach?: boolean;
}

const WAIT_MAX_MS = 120_000;
const LOOK_GAP_MS = 300;

export const loopCancel = createAction<LoopCancelFlags, [string]>(
  "loop cancel",
  async ({ io, context }, flags, given) => {
    const connection = connect(context, flags);
    const named = await findLoopId(listLoopFolders(context), given);
    // A loop of another machine, or one whose preflight still runs, has no record here.
    const loopId = named?.loopId ?? given;
    const before = named === null ? null : await readState(named);
    if (before?.ended && before.cancelled === null) {
      throw new CliError({
        code: "refused",
        message: `Loop ${loopId} is over: ${before.ended.outcome}.`,
        fix: "`igs loop clean` removes what it left behind.",
      });
    }
    const { reason, removeClone } = flags;
    const sent = await sendLoopEvent(
      connection,
      { io, context },
      {
        name: "agent/loop.cancel",
        id: personsEventId(loopId, ["cancel", before?.generation ?? 1], Date.now()),
        data: {
          loopId,
          ...(reason === undefined ? {} : { reason }),
          ...(removeClone ? { removeClone } : {}),
        },
      },
    );
    if (flags.detach || sent.warnings.length > 0) return told(loopId, "sent", sent);
    const outcome =
      named !== null && before !== null
        ? await waitForRecord({ io, context }, named, connection)
        : await waitForRuns({ io, context }, connection, sent.eventIds);
    return told(loopId, outcome, sent);
  },
);

interface Scene {
  readonly io: Io;
  readonly context: CliContext;
}

type Outcome = "cancelled" | "taken" | "interrupted" | "silent" | "sent";

async function readState({ loopsFolder, loopId }: NamedLoop) {
  return (await loadLoop(loopsFolder, loopId, Date.now()))?.state ?? null;
}

/** Until the record says so, and nothing of the loop lives any more. */
async function waitForRecord(
  { io, context }: Scene,
  named: NamedLoop,
  { api, settings }: Connection,
): Promise<Outcome> {
  const signal = context.listenForStop();
  const activity = createActivityReader(api, settings.workerOrigin);
  const untilMs = systemClock.nowMs() + WAIT_MAX_MS;
  while (!signal.aborted) {
    const state = await readState(named);
    const living = await describeLiving(activity, named.loopId);
    if (state?.cancelled && state.ended !== null && living === "") return "cancelled";
    if (systemClock.nowMs() >= untilMs) return "silent";
    const mark = state?.cancelled ? "It is marked as cancelled" : "Sent, not taken yet";
    io.status(living === "" ? `${mark} …` : `${mark}; still there: ${living} …`);
    await systemClock.sleepMs(LOOK_GAP_MS, signal);
  }
  return "interrupted";
}

async function describeLiving(activity: ActivityReader, loopId: string): Promise<string> {
  const { programs } = await activity.read(loopId);
  return (programs ?? []).map(({ stepId, state }) => `${stepId} (${state})`).join(", ");
}

/** Without a record here only the runs that the event has started can tell. */
async function waitForRuns(
  { io, context }: Scene,
  { api }: Connection,
  eventIds: readonly string[],
): Promise<Outcome> {
  const signal = context.listenForStop();
  const untilMs = systemClock.nowMs() + WAIT_MAX_MS;
  while (!signal.aborted) {
    const runs = (await Promise.all(eventIds.map((id) => api.getEventRuns(id)))).flat();
    if (runs.some(({ status }) => status === "COMPLETED")) return "taken";
    if (runs.length > 0 && runs.every(({ status }) => hasEnded(status))) return "silent";
    if (systemClock.nowMs() >= untilMs) return "silent";
    io.status("Sent, not taken yet …");
    await systemClock.sleepMs(LOOK_GAP_MS, signal);
  }
  return "interrupted";
}

const WORDS = {
  cancelled: "is cancelled: nothing of it runs any more; what has passed stays in its branch.",
  taken: "is cancelled, by a bus that keeps its record elsewhere, if it was there at all.",
  sent: "will be cancelled: the event is sent, and kept until a worker takes it.",
  interrupted: "will be cancelled: the event is sent. Stopped waiting for it.",
  silent: "is not cancelled yet: the event is sent, and nobody has taken it.",
} as const satisfies Record<Outcome, string>;

function told(
  loopId: string,
  outcome: Outcome,
  {
    eventIds,
    warnings,
  }: { readonly eventIds: readonly string[]; readonly warnings: readonly string[] },
): Answer {
  const text = `Loop ${loopId} ${WORDS[outcome]}`;
  const answer = {
    result: { loopId, outcome, eventIds, warnings },
    text,
    nextActions: [
      { command: `igs loop status ${loopId}`, description: "What became of it" },
      { command: "igs loop clean", description: "Remove what loops that are over left behind" },
    ],
  };
  const fix = `\`igs loop diagnose ${loopId}\` says what stands in its way.`;
  if (outcome === "silent") {
    return { ...answer, text: "", failure: { code: "unavailable", message: text, fix } };
  }
  if (outcome === "interrupted") {
    return { ...answer, text: "", failure: { code: "interrupted", message: text, fix } };
  }
  return answer;
}
