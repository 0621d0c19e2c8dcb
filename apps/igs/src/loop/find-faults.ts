// What is wrong with a loop, and what to do about it. Pure: `look-at-loop.ts` has looked.

import type { Run } from "@system-bus/inngest-api";
import type { LoadedLoop } from "@system-bus/loops";
import { formatDuration } from "../output/format-time.ts";
import type { EngineProbe } from "../status/probe-engine.ts";
import type { LoopActivity } from "./loop-programs.ts";
import { findRoleNow } from "./role-now.ts";

export interface LoopFindings {
  readonly loopId: string;
  readonly mode: "dev" | "start";
  readonly folder: string;
  /** Null when it can't be read, or nothing has begun. */
  readonly loop: LoadedLoop | null;
  /** Why the record can't be read. */
  readonly recordProblem: string | null;
  readonly engine: EngineProbe;
  readonly engineUrl: string;
  readonly activity: LoopActivity;
  /** The loop's function that failed last, with its error. */
  readonly failedRun: { readonly run: Run; readonly error: string } | null;
  /** Who holds the project now; null when nobody does. */
  readonly holder: string | null;
  /** The project that this loop holds, as the claims have it. */
  readonly heldProject: string | null;
  /** What is wrong with the repository now; null where it was not looked at. */
  readonly projectProblem: string | null;
  /** What the branch points at; null when it is not there. */
  readonly branchHead: string | null;
  readonly hasClone: boolean;
  readonly isProjectAllowed: boolean;
}

export interface Fault {
  readonly problem: string;
  readonly fix: string;
}

/** A function's run may be a moment away from its event. */
const QUIET_MAX_MS = 30_000;

/** Worst first: what is below may be what comes of it. */
export function findFaults(findings: LoopFindings, nowMs: number): readonly Fault[] {
  const { loop } = findings;
  if (findings.recordProblem !== null) {
    return [
      {
        problem: `Its record is damaged: ${findings.recordProblem}`,
        fix: "Put that file in order, or back from a backup: nothing goes on from a damaged record. What has passed is safe in the branch.",
      },
      ...busFaults(findings, true),
    ];
  }
  if (loop === null) return [...notBegun(findings), ...busFaults(findings, true)];
  const isOver = loop.state.ended !== null;
  return [
    ...busFaults(findings, !isOver),
    ...(isOver ? afterEndFaults(findings) : stateFaults(findings, loop, nowMs)),
    ...claimFaults(findings, loop),
    ...placeFaults(findings, loop),
  ];
}

function notBegun({ loopId, failedRun, heldProject }: LoopFindings): readonly Fault[] {
  if (failedRun !== null) {
    return [
      {
        problem: `It has not begun: ${failedRun.run.function.id} failed: ${failedRun.error}`,
        fix: `Put that in order, then start it again: \`igs loop start\`; \`igs run ${failedRun.run.id}\` shows the run.`,
      },
    ];
  }
  const held = heldProject === null ? "" : `, and it holds ${heldProject}`;
  return [
    {
      problem: `It has not begun${held}.`,
      fix: `Its preflight may still run: \`igs runs --function agent-loop-plan\`. If not, \`igs loop clean ${loopId}\` frees its project.`,
    },
  ];
}

function busFaults(findings: LoopFindings, isNeeded: boolean): readonly Fault[] {
  const { engine, engineUrl, mode, activity } = findings;
  if (!isNeeded) return [];
  const start = mode === "start" ? "igs start" : "igs dev";
  if (activity.runs === null) {
    return [
      {
        problem: `No engine answers at ${engineUrl}: nothing moves until it does.`,
        fix: `Start the bus with \`${start}\`, or name the engine with --engine-url.`,
      },
    ];
  }
  const faults: Fault[] = [];
  const runsDev = engine.kind === "embedded" ? engine.isDev : null;
  if (runsDev !== null && runsDev !== (mode === "dev")) {
    faults.push({
      problem: `The loop belongs to the bus of \`${start}\`, and the one at ${engineUrl} was started with \`${runsDev ? "igs dev" : "igs start"}\`: it knows nothing of this loop.`,
      fix: `Stop that one, and start \`${start}\`.`,
    });
  }
  if (activity.programs === null) {
    faults.push({
      problem: "No worker answers: nothing new begins until it does.",
      fix: `Start it with \`${start}\`; \`igs status\` tells more.`,
    });
  }
  return faults;
}

function stateFaults(
  { activity, failedRun, loopId }: LoopFindings,
  { state }: LoadedLoop,
  nowMs: number,
): readonly Fault[] {
  const { runs, programs, strays } = activity;
  const faults = strays.map(({ key }) => ({
    problem: `An agent lives whose run the engine no longer knows, ${key}: it may be this loop's.`,
    fix: "It ends at its time limit; nothing that it does is taken over by anyone.",
  }));
  if (state.pause !== null) {
    const until = state.pause.until;
    if (until !== null) return faults;
    return [
      ...faults,
      {
        problem: `It has paused (${state.pause.cause}): ${state.pause.reason}`,
        fix: `\`igs loop status ${loopId}\` says how to go on.`,
      },
    ];
  }
  const orphan = programs?.find(({ state: life }) => life === "orphaned");
  if (orphan) {
    faults.push({
      problem: `The supervisor of ${orphan.key} has died.`,
      fix: "Wait a few seconds: the worker ends the program as lost, and the role starts it again.",
    });
  }
  const now = findRoleNow(state);
  const quietMs = now === null ? 0 : nowMs - Date.parse(now.since);
  const isIdle = runs?.length === 0 && programs?.length === 0;
  if (isIdle && quietMs > QUIET_MAX_MS) {
    const why =
      failedRun === null
        ? ""
        : ` The last one, ${failedRun.run.function.id}, failed: ${failedRun.error}`;
    faults.push({
      problem: `Its turn is ${now?.role ?? "over"}, and no run of it goes on, for ${formatDuration(quietMs)}: it stands still.${why}`,
      fix: `\`igs loop resume ${loopId}\` takes it up where its record ends.`,
    });
  }
  return faults;
}

function afterEndFaults({ activity, failedRun, loop }: LoopFindings): readonly Fault[] {
  const faults: Fault[] = [];
  const living = [...(activity.programs ?? []), ...activity.strays];
  if (living.length > 0) {
    faults.push({
      problem: `It is over, and programs live that are or may be its: ${living.map(({ key }) => key).join(", ")}.`,
      fix: "Wait until they have ended; `igs status` shows them.",
    });
  }
  for (const problem of loop?.state.finished?.problems ?? []) {
    faults.push({ problem, fix: "The branch is there: do it by hand." });
  }
  if (loop !== null && loop.state.retro === null && failedRun !== null) {
    faults.push({
      problem: `${failedRun.run.function.id} failed: ${failedRun.error}`,
      fix: `\`igs rerun ${failedRun.run.id}\` runs it again.`,
    });
  }
  return faults;
}

function claimFaults(
  { holder, loopId, activity }: LoopFindings,
  { state }: LoadedLoop,
): readonly Fault[] {
  const { project } = state.begun;
  const isOver = state.ended !== null;
  if (holder === loopId && isOver && activity.runs?.length === 0) {
    return [
      {
        problem: `It is over, and still holds ${project}: no other loop can begin there.`,
        fix: `\`igs loop clean ${loopId}\` frees it.`,
      },
    ];
  }
  if (isOver || holder === loopId) return [];
  if (holder === null) {
    return [
      {
        problem: `It no longer holds ${project}: another loop could begin there.`,
        fix: `Start none; \`igs loop resume ${loopId}\` takes it back when this one is paused, else cancel it.`,
      },
    ];
  }
  return [
    {
      problem: `Loop ${holder} holds ${project}.`,
      fix: `Wait until that one is over, or end it: \`igs loop cancel ${holder}\`.`,
    },
  ];
}

function placeFaults(findings: LoopFindings, { state, places }: LoadedLoop): readonly Fault[] {
  const { projectProblem, isProjectAllowed, branchHead, hasClone, loopId } = findings;
  const { begun, head, ended } = state;
  if (projectProblem !== null) {
    return [
      {
        problem: projectProblem,
        fix: `Put ${begun.project} back where it was; until then nothing can be published.`,
      },
    ];
  }
  const faults: Fault[] = [];
  const hasPassed = state.stories.some(({ published }) => published !== null);
  if (hasPassed && branchHead !== head && ended === null) {
    const is = branchHead === null ? "is gone" : `was moved to ${branchHead.slice(0, 10)}`;
    faults.push({
      problem: `Branch ${begun.branch} ${is}; the loop had left it at ${head.slice(0, 10)}, and moves nothing that others have moved.`,
      fix: `Keep what you want under another name, then \`git -C ${begun.project} branch -f ${begun.branch} ${head}\`.`,
    });
  }
  if (ended !== null) return faults;
  if (!isProjectAllowed) {
    faults.push({
      problem: `${begun.project} no longer lies under LOOP_PROJECTS.`,
      fix: "Add a folder above it: `igs config` shows the setting and its file.",
    });
  }
  if (!hasClone && state.iteration > 0) {
    faults.push({
      problem: `The repository behind its clone, ${places.clone}.git, is gone, and with it an attempt that has not passed.`,
      fix: `\`igs loop retry ${loopId} STORY\`, where a story hangs on it; the clone is made anew from your repository.`,
    });
  }
  return faults;
}
