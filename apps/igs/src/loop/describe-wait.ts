// What a loop waits for, in a sentence, and what to type next. Pure; the record alone is enough, what
// engine and worker know makes it sharper.

import type { LoadedLoop } from "@system-bus/loops";
import type { NextAction } from "../output/envelope.ts";
import { formatDuration } from "../output/format-time.ts";
import type { LoopActivity } from "./loop-programs.ts";
import { findRoleNow, type RoleNow } from "./role-now.ts";

export interface LoopWait {
  readonly text: string;
  readonly nextActions: readonly NextAction[];
}

/** A function's run may be a moment away from its event. */
const QUIET_MAX_MS = 30_000;

/** `activity` is null where nobody has looked yet. */
export function describeWait(
  loop: Pick<LoadedLoop, "state">,
  activity: LoopActivity | null,
  nowMs: number,
): LoopWait {
  const { state } = loop;
  if (state.ended !== null) return afterEnd(loop);
  if (state.cancelled !== null) {
    return { text: "It is being cancelled.", nextActions: [diagnose(state.loopId)] };
  }
  if (state.pause !== null) return inPause(loop, nowMs);
  const now = findRoleNow(state);
  const look = diagnose(state.loopId);
  if (activity !== null && activity.runs === null) {
    const text = "No engine answers: nothing moves until it does, and nothing is lost.";
    return { text, nextActions: [startBus(state), look] };
  }
  if (activity !== null && activity.programs === null) {
    const text = "No worker answers: nothing new begins until it does, and nothing is lost.";
    return { text, nextActions: [startBus(state), look] };
  }
  const quietMs = now === null ? 0 : nowMs - Date.parse(now.since);
  const isIdle = activity?.runs?.length === 0 && activity.programs?.length === 0;
  if (isIdle && quietMs > QUIET_MAX_MS) {
    const text = `No run of it goes on, and none will begin by itself: it has stood still for ${formatDuration(quietMs)}.`;
    return { text, nextActions: [look, resume(state.loopId)] };
  }
  return {
    text: now === null ? "It goes on." : atWork(now, activity, nowMs),
    nextActions: [
      {
        command: `igs loop logs ${state.loopId} -f`,
        description: "What the agent says and does",
      },
      { command: `igs loop cancel ${state.loopId}`, description: "End it" },
    ],
  };
}

function atWork(now: RoleNow, activity: LoopActivity | null, nowMs: number): string {
  const took = formatDuration(nowMs - Date.parse(now.since));
  const waiting = activity?.programs?.find(({ state }) => state === "waiting");
  if (waiting?.slot) {
    return `${describeRole(now)} waits for the ${waiting.slot.name} slot, ${waiting.slot.aheadCount} ahead of it.`;
  }
  return `${describeRole(now)} for ${took}.`;
}

/** Such as `codex implements US-001, attempt 2,`. */
function describeRole({ role, storyId, attempt, tool }: RoleNow): string {
  if (storyId === null) return "The next story is chosen";
  const about = `${storyId}, attempt ${attempt}`;
  if (role === "implement") return `${tool ?? "An agent"} implements ${about},`;
  if (role === "review") return `Tests are written and run for ${about},`;
  return `${about}, is judged`;
}

function inPause({ state }: Pick<LoadedLoop, "state">, nowMs: number): LoopWait {
  const { loopId, pause, stories } = state;
  const until = pause?.until == null ? null : Date.parse(pause.until);
  const reason = withEnd(pause?.reason ?? "");
  if (until !== null && until > nowMs) {
    const text = `${reason} It goes on by itself in ${formatDuration(until - nowMs)}.`;
    return { text, nextActions: [cancel(loopId)] };
  }
  const asked = stories.filter(({ status }) => status === "needs-human");
  if (pause?.cause === "needs-human" && asked[0]) {
    return { text: reason, nextActions: decisionsOf(loopId, asked[0].id) };
  }
  return { text: reason, nextActions: [resume(loopId), cancel(loopId)] };
}

/** What a person can say about a story that is undecided. */
function decisionsOf(loopId: string, storyId: string): readonly NextAction[] {
  const of = `${loopId} ${storyId}`;
  return [
    { command: `igs loop show ${of}`, description: "What the judge found" },
    { command: `igs loop diff ${of}`, description: "The change in question" },
    { command: `igs loop approve ${of}`, description: "Pass it as it is" },
    { command: `igs loop reject ${of} --reason "…"`, description: "Fail it, and say why" },
    { command: `igs loop retry ${of}`, description: "Make another attempt" },
  ];
}

function afterEnd({ state }: Pick<LoadedLoop, "state">): LoopWait {
  const { loopId, begun, stories, finished } = state;
  const passed = stories.filter(({ status }) => status === "passed").length;
  const failed = stories.find(({ status }) => status === "failed");
  const where = passed === 0 ? "" : ` Branch ${begun.branch} is in ${begun.project}.`;
  const done = [
    ...(finished?.merged ? [`merged into ${begun.baseBranch}`] : []),
    ...(finished?.pushed ? ["pushed"] : []),
    ...(finished?.pullRequest ? [finished.pullRequest] : []),
  ];
  const told = done.length === 0 ? "" : ` It is ${done.join(", ")}.`;
  const problems = (finished?.problems ?? []).map((problem) => ` ${withEnd(problem)}`).join("");
  return {
    text: `It is over: ${passed} of ${stories.length} stories have passed.${where}${told}${problems}`,
    nextActions: [
      ...(passed === 0
        ? []
        : [{ command: `igs loop diff ${loopId}`, description: "What has changed" }]),
      ...(failed && state.cancelled === null
        ? [
            {
              command: `igs loop retry ${loopId} ${failed.id}`,
              description: "Try a failed story again",
            },
          ]
        : []),
      { command: `igs loop attempts ${loopId}`, description: "What it took" },
    ],
  };
}

function startBus({ loopId }: LoadedLoop["state"]): NextAction {
  return { command: "igs status", description: `Why nobody works on ${loopId}` };
}

const diagnose = (loopId: string): NextAction => ({
  command: `igs loop diagnose ${loopId}`,
  description: "What is wrong, and what to do",
});
const resume = (loopId: string): NextAction => ({
  command: `igs loop resume ${loopId}`,
  description: "Let it go on",
});
const cancel = (loopId: string): NextAction => ({
  command: `igs loop cancel ${loopId}`,
  description: "End it",
});

function withEnd(sentence: string): string {
  return /[.!?…`]$/.test(sentence) ? sentence : `${sentence}.`;
}
