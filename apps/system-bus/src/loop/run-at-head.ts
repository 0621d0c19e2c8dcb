import { join } from "node:path";
import type { EventFields } from "@system-bus/events";
import {
  type CheckResult,
  changedFiles,
  checksProgram,
  type FoundChecks,
  findChecks,
  findWeakened,
  judgeHeadProbe,
  type LoadedLoop,
  layTests,
  makeClone,
  type ProbeRequest,
  probeProgram,
  readChecks,
  readProbe,
  resetClone,
} from "@system-bus/loops";
import type { ProgramSpec } from "@system-bus/programs";
import { readFileIfAny } from "../files/atomic-write.ts";
import { appendFact } from "./append-fact.ts";
import { getLoop } from "./enter-role.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { loopStep } from "./loop-step.ts";
import { readReviewed } from "./prepare-reviewing.ts";
import type { WrittenTests } from "./write-tests.ts";

interface HeadRun {
  readonly request: EventFields<"agent/loop.review">;
  readonly written: Extract<WrittenTests, { kind: "written" }>;
}

type Spec = Omit<ProgramSpec, "slot" | "attemptsMax">;

/** The locked tests at the implementation's commit, then the project's checks; and the review's fact. */
export async function runAtHead(deps: LoopDeps, run: RoleRun, head: HeadRun): Promise<void> {
  const { step } = run;
  const failing = await runLockedTests(deps, run, head);
  const planned = await loopStep(step, "checks:plan", () => planChecks(deps, head));
  const checks = await deps.programs.run<readonly CheckResult[]>(step, "checks", {
    runId: run.runId,
    spec: { ...planned.spec, attemptsMax: 3 },
    read: (ended) => readChecks(ended, planned),
  });
  await loopStep(step, "reviewed", async () => {
    const { loopId, generation, storyId, attempt } = head.request;
    const { locked, problem } = head.written;
    const loop = await getLoop(deps, loopId);
    await appendFact(deps, loop, {
      ...{ kind: "reviewed", generation, storyId, attempt, locked, problem },
      ...{ failingLockedTests: failing, checks: [...checks] },
      weakened: await lookForWeakened(loop, storyId),
    });
  });
}

/** Null where there are none. */
async function runLockedTests(
  deps: LoopDeps,
  run: RoleRun,
  head: HeadRun,
): Promise<string[] | null> {
  const { locked } = head.written;
  if (locked === null) return null;
  const planned = await loopStep(run.step, "tests:plan", () => planTests(deps, head));
  return deps.programs.run<string[]>(run.step, "tests", {
    runId: run.runId,
    spec: { ...planned.spec, attemptsMax: 3 },
    read: async (ended) => {
      const [tests] = await readProbe(ended, planned.request);
      return [...judgeHeadProbe(tests, locked.tests).failing];
    },
  });
}

async function planTests(
  deps: LoopDeps,
  { request, written }: HeadRun,
): Promise<{ readonly request: ProbeRequest; readonly spec: Spec }> {
  const loop = await getLoop(deps, request.loopId);
  const { places } = loop;
  const { locked } = written;
  const { testRunner } = await findAtBase(loop, request.storyId);
  if (locked === null || testRunner === null) {
    throw new Error("broken promise: locked tests have a runner");
  }
  await goToHead(loop, request.storyId);
  const place = { scratch: places.scratch, storyId: request.storyId, round: locked.round };
  await layTests({ folder: places.clone, files: locked.files, place });
  const probe: ProbeRequest = {
    name: `${request.storyId}-${request.attempt}-tests`,
    ...{ folder: places.clone, scratch: places.scratch, runner: testRunner, kind: "head" },
    files: locked.files.map(({ path }) => path),
    searchPath: deps.finder.searchPath,
  };
  return { request: probe, spec: await probeProgram(probe) };
}

/** What the project says of its checks where the story began: an implementor may have changed that. */
async function findAtBase(loop: LoadedLoop, storyId: string): Promise<FoundChecks> {
  const { places, state, prd } = loop;
  const { planned } = readReviewed(loop, storyId);
  const { project, branch } = state.begun;
  await makeClone({ project, folder: places.review, branch, commit: planned.baseCommit });
  return findChecks(places.review, prd);
}

/** Both checkouts are there: the reviewer's at the base, the implementor's at its commit. */
async function lookForWeakened(loop: LoadedLoop, storyId: string): Promise<string[]> {
  const { places } = loop;
  const { planned, commit } = readReviewed(loop, storyId);
  const { runner, checks } = await findAtBase(loop, storyId);
  return findWeakened({
    changes: await changedFiles({ folder: places.clone, from: planned.baseCommit, to: commit }),
    ...{ runner, checks },
    manifests: {
      before: await readFileIfAny(join(places.review, "package.json")),
      after: await readFileIfAny(join(places.clone, "package.json")),
    },
  });
}

/** Without the locked tests: how a reviewer writes is no matter of the project's linter. */
async function planChecks(deps: LoopDeps, { request }: HeadRun) {
  const loop = await getLoop(deps, request.loopId);
  await goToHead(loop, request.storyId);
  const { places, state } = loop;
  const commands = (state.baseline ?? []).map(({ command }) => ({ command }));
  const spec: Spec = await checksProgram({
    name: `${request.storyId}-${request.attempt}`,
    ...{ folder: places.clone, scratch: places.scratch, commands },
    searchPath: deps.finder.searchPath,
  });
  return { spec, commands };
}

function goToHead(loop: LoadedLoop, storyId: string): Promise<void> {
  const { commit } = readReviewed(loop, storyId);
  const { branch } = loop.state.begun;
  return resetClone({ folder: loop.places.clone, branch, commit });
}
