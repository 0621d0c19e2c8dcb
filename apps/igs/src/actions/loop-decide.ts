// resume, retry, approve, reject: a person's word, as the planner of the next generation hears it.

import type { LoadedLoop } from "@system-bus/loops";
import { createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { checkDecision, type Decision } from "../loop/check-decision.ts";
import { getLoop, getLoopId, type NamedLoop } from "../loop/find-loop.ts";
import { type CapFlags, readCapFlags } from "../loop/given-caps.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { createActivityReader } from "../loop/loop-programs.ts";
import { personsEventId, sendLoopEvent } from "../loop/send-loop-event.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";

export const loopResume = createAction<ConnectionFlags & CapFlags, [string]>(
  "loop resume",
  (scene, flags, given) =>
    decide(scene, flags, { given, decision: { kind: "resume", caps: readCapFlags(flags) } }),
);

export const loopRetry = createAction<ConnectionFlags, [string, string]>(
  "loop retry",
  (scene, flags, given, storyId) =>
    decide(scene, flags, { given, decision: { kind: "retry", storyId } }),
);

export const loopApprove = createAction<ConnectionFlags, [string, string]>(
  "loop approve",
  (scene, flags, given, storyId) =>
    decide(scene, flags, { given, decision: { kind: "approve", storyId } }),
);

export const loopReject = createAction<
  ConnectionFlags & { readonly reason: string },
  [string, string]
>("loop reject", (scene, flags, given, storyId) =>
  decide(scene, flags, {
    given,
    decision: { kind: "reject", storyId, reason: flags.reason },
  }),
);

interface Scene {
  readonly io: Io;
  readonly context: CliContext;
}

/** How long a worker that listens may take to hear it. */
const TAKEN_WAIT_MAX_MS = 20_000;
const LOOK_GAP_MS = 200;

async function decide(
  { io, context }: Scene,
  flags: ConnectionFlags,
  { given, decision }: { readonly given: string; readonly decision: Decision },
): Promise<Answer> {
  const named = await getLoopId(listLoopFolders(context), given);
  const connection = connect(context, flags);
  const nowMs = Date.now();
  const loop = await getLoop(named, nowMs);
  const { workerOrigin } = connection.settings;
  const activity = await createActivityReader(connection.api, workerOrigin).read(named.loopId);
  const fitness = checkDecision(loop, decision, { activity, nowMs });
  if (!fitness.fits) {
    throw new CliError({ code: "refused", message: fitness.message, fix: fitness.fix });
  }
  const sent = await sendLoopEvent(connection, { io, context }, planEvent(loop, decision, nowMs));
  const generation = loop.state.generation + 1;
  const isTaken =
    sent.warnings.length === 0 && (await waitUntilTaken(named, { io, context, generation }));
  return tell(loop, { decision, generation, isTaken, note: fitness.note, ...sent });
}

function planEvent({ state }: LoadedLoop, decision: Decision, nowMs: number) {
  const { loopId, begun } = state;
  const generation = state.generation + 1;
  const iteration = state.iteration + 1;
  const about = decision.kind === "resume" ? [] : [decision.storyId];
  const parts = ["plan", generation, iteration, decision.kind, ...about];
  return {
    name: "agent/loop.plan",
    id: personsEventId(loopId, parts, nowMs),
    data: { loopId, project: begun.project, generation, iteration, decision },
  };
}

async function waitUntilTaken(
  named: NamedLoop,
  { io, context, generation }: Scene & { readonly generation: number },
): Promise<boolean> {
  const signal = context.listenForStop();
  const untilMs = systemClock.nowMs() + TAKEN_WAIT_MAX_MS;
  while (!signal.aborted && systemClock.nowMs() < untilMs) {
    const { state } = await getLoop(named, systemClock.nowMs());
    if (state.generation >= generation) return true;
    io.status("Sent; the planner has not taken it yet …");
    await systemClock.sleepMs(LOOK_GAP_MS, signal);
  }
  return false;
}

const DONE_WORDS = {
  resume: "goes on",
  retry: "is open again",
  approve: "is approved",
  reject: "is rejected",
} as const satisfies Record<Decision["kind"], string>;

interface Told {
  readonly decision: Decision;
  readonly generation: number;
  readonly isTaken: boolean;
  readonly note: string | null;
  readonly eventIds: readonly string[];
  readonly warnings: readonly string[];
}

function tell({ state }: LoadedLoop, { decision, isTaken, note, ...sent }: Told): Answer {
  const { loopId } = state;
  const subject = decision.kind === "resume" ? `Loop ${loopId}` : decision.storyId;
  const said = isTaken
    ? `${subject} ${DONE_WORDS[decision.kind]}.`
    : "It is sent, and kept until a worker takes it.";
  return {
    result: { loopId, decision, isTaken, ...sent },
    text: note === null ? said : `${said} ${note}`,
    nextActions: [
      { command: `igs loop status ${loopId}`, description: "How far it is" },
      ...(isTaken
        ? []
        : [{ command: `igs loop diagnose ${loopId}`, description: "Why nobody has taken it" }]),
    ],
  };
}
