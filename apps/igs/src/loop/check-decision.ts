// Whether a person's word fits the state of a loop, before it is sent. Pure. The planner holds it to the
// record once more: what is said here is what a person can do instead.

import {
  type Caps,
  fillCaps,
  findReachedCap,
  type GivenCaps,
  type LoadedLoop,
  type LoopState,
} from "@system-bus/loops";
import { formatDuration } from "../output/format-time.ts";
import type { LoopActivity } from "./loop-programs.ts";

export type Decision =
  | { readonly kind: "resume"; readonly caps: GivenCaps }
  | { readonly kind: "retry"; readonly storyId: string }
  | { readonly kind: "approve"; readonly storyId: string }
  | { readonly kind: "reject"; readonly storyId: string; readonly reason: string };

export type Fitness =
  | { readonly fits: true; readonly note: string | null }
  | { readonly fits: false; readonly message: string; readonly fix: string };

type Known = Pick<LoadedLoop, "state" | "spent" | "prd">;

export function checkDecision(
  loop: Known,
  decision: Decision,
  { activity, nowMs }: { readonly activity: LoopActivity; readonly nowMs: number },
): Fitness {
  const { state } = loop;
  if (state.cancelled !== null) {
    return refuse(
      `Loop ${state.loopId} was cancelled: it is never taken up again.`,
      "Start a new one with the stories that are left: `igs loop start`.",
    );
  }
  const atWork = refuseAtWork(state, activity);
  if (atWork !== null) return atWork;
  if (decision.kind === "resume") return checkResume(loop, decision.caps, nowMs);
  return checkStory(loop, decision);
}

/** A new generation would take the work out of the hands of a role that is at it. */
function refuseAtWork(state: LoopState, { runs, programs, strays }: LoopActivity): Fitness | null {
  if (state.pause !== null || state.ended !== null) return null;
  if (runs === null || programs === null) {
    return refuse(
      `Loop ${state.loopId} is ${state.status}, and whether something of it lives can't be told: ${runs === null ? "no engine" : "no worker"} answers.`,
      "Run `igs status` to see what is wrong, then try again.",
    );
  }
  if (runs.length === 0 && programs.length === 0 && strays.length === 0) return null;
  return refuse(
    `Loop ${state.loopId} is at work.`,
    `Wait until it pauses or ends (\`igs loop status ${state.loopId}\`), or end it: \`igs loop cancel ${state.loopId}\`.`,
  );
}

function checkResume({ state, spent }: Known, given: GivenCaps, nowMs: number): Fitness {
  const { loopId, pause } = state;
  if (state.ended !== null) {
    return refuse(
      `Loop ${loopId} is over: ${state.ended.outcome}.`,
      `\`igs loop retry ${loopId} STORY\` opens a story again that has failed.`,
    );
  }
  const asked = state.stories.filter(({ status }) => status === "needs-human");
  if (pause?.cause === "needs-human" && asked[0]) {
    const ids = asked.map(({ id }) => id).join(", ");
    return refuse(
      `Loop ${loopId} waits for your word on ${ids}.`,
      `Say it: \`igs loop approve ${loopId} ${asked[0].id}\`, \`reject\` or \`retry\`; \`igs loop show ${loopId} ${asked[0].id}\` tells what it is about.`,
    );
  }
  const caps: Caps = fillCaps(given, state.caps);
  const reached = findReachedCap({ ...state, caps }, spent);
  if (reached !== null) {
    return refuse(
      `Loop ${loopId} would pause again at once: ${reached.reason}.`,
      "Raise that cap.",
    );
  }
  const untilMs = pause?.until == null ? nowMs : Date.parse(pause.until);
  const note =
    untilMs > nowMs
      ? `It would have gone on by itself in ${formatDuration(untilMs - nowMs)}; it tries now.`
      : pause === null
        ? "No run of it went on: it is taken up where its record ends."
        : null;
  return { fits: true, note };
}

function checkStory({ state }: Known, decision: Exclude<Decision, { kind: "resume" }>): Fitness {
  const { loopId, stories } = state;
  const { kind, storyId } = decision;
  const story = stories.find(({ id }) => id === storyId);
  if (story === undefined) {
    const ids = stories.map(({ id }) => id).join(", ");
    return refuse(`Loop ${loopId} has no story "${storyId}".`, `Its stories are: ${ids}.`);
  }
  if (story.status === "needs-human") {
    const hasChange = story.implemented?.commit != null;
    if (kind === "retry" || hasChange) return { fits: true, note: null };
    return refuse(
      `${storyId} has no change that could be ${kind === "approve" ? "approved" : "rejected"}.`,
      `\`igs loop retry ${loopId} ${storyId}\` makes another attempt.`,
    );
  }
  if (kind === "retry" && story.status === "failed") return { fits: true, note: null };
  return refuse(`${storyId} is ${story.status}.`, adviceFor(state, decision));
}

function adviceFor(
  { loopId, stories }: LoopState,
  { kind, storyId }: Exclude<Decision, { kind: "resume" }>,
): string {
  const status = stories.find(({ id }) => id === storyId)?.status;
  const failed = stories.find((story) => story.status === "failed");
  if (status === "skipped" && failed) {
    return `It waits for ${failed.id}, which has failed: \`igs loop retry ${loopId} ${failed.id}\`.`;
  }
  if (status === "failed") return `\`igs loop retry ${loopId} ${storyId}\` opens it again.`;
  if (status === "passed") return `\`igs loop diff ${loopId} ${storyId}\` shows its commit.`;
  const what = kind === "retry" ? "failed or undecided" : "undecided";
  return `Only a story that is ${what} takes this; \`igs loop status ${loopId}\` shows them.`;
}

function refuse(message: string, fix: string): Fitness {
  return { fits: false, message, fix };
}
