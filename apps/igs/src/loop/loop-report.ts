import type { LoadedLoop } from "@system-bus/loops";
import type { NextAction } from "../output/envelope.ts";
import type { Failure } from "../output/failure.ts";
import { describeWait } from "./describe-wait.ts";
import { loopWord } from "./loop-status-text.ts";
import type { SeenLoop } from "./render-loop.ts";
import { findRoleNow } from "./role-now.ts";
import { storyLines } from "./story-lines.ts";

/** A loop as programs read it. */
export function loopReport({ loop, activity, nowMs }: SeenLoop) {
  const { state, prd, spent, places } = loop;
  const { begun, pause, ended, finished, retro } = state;
  return {
    loopId: state.loopId,
    title: prd.title,
    status: state.status,
    outcome: ended?.outcome ?? null,
    project: begun.project,
    branch: begun.branch,
    baseBranch: begun.baseBranch,
    head: state.head,
    generation: state.generation,
    iteration: state.iteration,
    begunAt: begun.at,
    elapsedMs: state.elapsedMs,
    caps: state.caps,
    spent,
    now: findRoleNow(state),
    stories: storyLines(loop, nowMs),
    pause,
    waitsFor: describeWait(loop, activity, nowMs).text,
    finished: finished && {
      merged: finished.merged,
      pushed: finished.pushed,
      pullRequest: finished.pullRequest,
      problems: finished.problems,
    },
    retrospective: retro === null ? null : `system/retrospectives/${retro.noteSlug}.md`,
    folder: places.folder,
  };
}

/** What a loop that stands still or is over means for the exit code; null while it goes on, or is well. */
export function loopFailure({ state }: Pick<LoadedLoop, "state">): Failure | null {
  const { loopId, pause, ended } = state;
  if (ended !== null && ended.outcome !== "completed") {
    const passed = state.stories.filter(({ status }) => status === "passed").length;
    return {
      code: "loop-failed",
      message: `Loop ${loopId} is ${loopWord(state)}: ${passed} of ${state.stories.length} stories have passed.`,
      fix: `\`igs loop show ${loopId}\` tells why; \`igs loop attempts ${loopId}\` lists what was tried.`,
    };
  }
  if (ended !== null || pause === null || pause.until !== null) return null;
  return {
    code: "loop-paused",
    message: `Loop ${loopId} has paused (${pause.cause}): ${pause.reason}`,
    fix: `\`igs loop status ${loopId}\` says how to go on.`,
  };
}

export function loopActions({ loop, activity, nowMs }: SeenLoop): readonly NextAction[] {
  return describeWait(loop, activity, nowMs).nextActions;
}
