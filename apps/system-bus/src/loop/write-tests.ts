import { join } from "node:path";
import type { BusEvent, EventFields } from "@system-bus/events";
import {
  type CheckResult,
  changedFiles,
  checksProgram,
  collectTests,
  commitAttempt,
  findWritten,
  hasPassed,
  judgeStubProbe,
  type LockedTests,
  layStub,
  lockTests,
  noteFiles,
  type ProbeRequest,
  probeProgram,
  readChecks,
  readProbe,
  type StubVerdict,
  type TestRunner,
} from "@system-bus/loops";
import type { ProgramSpec } from "@system-bus/programs";
import { getLoop } from "./enter-role.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { loopStep } from "./loop-step.ts";
import {
  type PreparedReviewing,
  prepareReviewer,
  readInterface,
  readReviewed,
} from "./prepare-reviewing.ts";
import { runRoleAgent } from "./run-role-agent.ts";

type ReviewRequest = EventFields<"agent/loop.review">;

export type WrittenTests =
  | {
      readonly kind: "written";
      /** Null: no usable tests came about. */
      readonly locked: LockedTests | null;
      readonly problem: string | null;
    }
  | { readonly kind: "left"; readonly reason: string; readonly event: BusEvent | null };

interface Writing {
  readonly request: ReviewRequest;
  readonly prepared: Extract<PreparedReviewing, { kind: "write" }>;
}

/** A reviewer is told once what was wrong with its tests. */
const TRIES_MAX = 2;

/** Has the reviewer write tests until they can be used, locks them, or says why there are none. */
export async function writeTests(
  deps: LoopDeps,
  run: RoleRun,
  writing: Writing,
): Promise<WrittenTests> {
  const { found } = writing.prepared;
  const runner = found.testRunner;
  if (runner === null) {
    const problem = "The project's tests are run by nothing that can be told to run some of them.";
    return { kind: "written", locked: null, problem };
  }
  if (found.setup !== null) {
    const failed = await setUp(deps, run, { writing, setup: found.setup });
    if (failed !== null) return { kind: "written", locked: null, problem: failed };
  }
  let problem: string | null = null;
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const tried: Tried | Extract<WrittenTests, { kind: "left" }> = await tryOnce(deps, run, {
      ...{ writing, runner, problem, time: attempt },
    });
    if (tried.kind === "left") return tried;
    if (tried.kind === "locked") return { kind: "written", locked: tried.locked, problem: null };
    problem = tried.problem;
  }
  return { kind: "written", locked: null, problem };
}

type Tried =
  | { readonly kind: "locked"; readonly locked: LockedTests }
  | { readonly kind: "bad"; readonly problem: string };

interface Try {
  readonly writing: Writing;
  readonly runner: TestRunner;
  readonly problem: string | null;
  readonly time: number;
}

async function tryOnce(
  deps: LoopDeps,
  run: RoleRun,
  tried: Try,
): Promise<Tried | Extract<WrittenTests, { kind: "left" }>> {
  const { step } = run;
  const { writing, problem, time } = tried;
  const { request, prepared } = writing;
  const suffix = time === 1 ? "" : `:again-${time}`;
  const agent = await loopStep(step, `reviewer${suffix}`, async () =>
    prepareReviewer(await getLoop(deps, request.loopId), request, {
      found: prepared.found,
      problem,
    }),
  );
  const end = await runRoleAgent(deps, run, agent, time);
  if (end.kind === "left") return end;
  if (end.kind === "failed") return { kind: "bad", problem: end.reason };
  const probed = await loopStep(step, `collect${suffix}`, () => collect(deps, tried));
  if (probed.kind === "bad") return probed;
  const verdict = await deps.programs.run<StubVerdict>(step, `probe${suffix}`, {
    runId: run.runId,
    spec: { ...probed.spec, attemptsMax: 3 },
    read: async (ended) =>
      judgeStubProbe({
        isWhole: prepared.hasInterface && prepared.isWhole,
        runs: await readProbe(ended, probed.request),
        files: probed.request.files,
        written: await findWritten(probed.request.folder, probed.notePath),
      }),
  });
  if (verdict.kind === "bad") return verdict;
  return loopStep(step, `lock${suffix}`, () =>
    lock(deps, tried, { paths: probed.request.files, tests: verdict.tests }),
  );
}

type Collected =
  | { readonly kind: "bad"; readonly problem: string }
  | {
      readonly kind: "probe";
      readonly request: ProbeRequest;
      readonly spec: Omit<ProgramSpec, "slot" | "attemptsMax">;
      /** What the files were like before. */
      readonly notePath: string;
    };

/** New test files are what counts; with a stub in the implementation's place they are then run. */
async function collect(deps: LoopDeps, { writing, runner, time }: Try): Promise<Collected> {
  const { request, prepared } = writing;
  const loop = await getLoop(deps, request.loopId);
  const { asked, planned } = readReviewed(loop, request.storyId);
  const folder = loop.places.review;
  const made = await commitAttempt({
    ...{ folder, branch: loop.state.begun.branch, base: planned.baseCommit },
    ...{ title: `Tests of ${asked.title}`, body: "By the reviewer", leaveOut: [] },
    trailers: { loop: request.loopId, story: request.storyId, attempt: request.attempt },
  });
  if (made.kind === "refused") return { kind: "bad", problem: made.reason };
  if (made.kind === "unchanged") return { kind: "bad", problem: "No test was written." };
  const changes = await changedFiles({ folder, from: planned.baseCommit, to: made.commit });
  const { tests, dropped } = await collectTests({ folder, changes, runner: runner.name });
  if (tests.length === 0) {
    const why = dropped.length === 0 ? "" : ` ${dropped.join("; ")}`;
    return { kind: "bad", problem: `No new test file was written.${why}` };
  }
  await layStub({ folder, files: await readInterface(loop, request) });
  const probe: ProbeRequest = {
    name: `${request.storyId}-${request.attempt}-probe-${time}`,
    ...{ folder, scratch: loop.places.scratch, runner, files: tests },
    kind: prepared.hasInterface ? "stub" : "base",
    searchPath: deps.finder.searchPath,
  };
  const notePath = join(probe.scratch, "checks", probe.name, "before.json");
  await noteFiles(folder, notePath);
  return {
    ...{ kind: "probe", request: probe },
    spec: await probeProgram(probe),
    notePath,
  };
}

async function lock(
  deps: LoopDeps,
  { writing }: Try,
  { paths, tests }: { readonly paths: readonly string[]; readonly tests: readonly string[] },
): Promise<Tried> {
  const { request, prepared } = writing;
  const { places } = await getLoop(deps, request.loopId);
  const place = { scratch: places.scratch, storyId: request.storyId, round: prepared.round };
  const files = await lockTests({ folder: places.review, paths, place });
  return { kind: "locked", locked: { round: prepared.round, files, tests: [...tests] } };
}

/** The reviewer's checkout gets the project's dependencies. Null when it has; else why not. */
async function setUp(
  deps: LoopDeps,
  run: RoleRun,
  { writing, setup }: { readonly writing: Writing; readonly setup: readonly string[] },
): Promise<string | null> {
  const { loopId, storyId, attempt } = writing.request;
  const commands = [{ command: setup }];
  const spec = await loopStep(run.step, "setup:plan", async () => {
    const { places } = await getLoop(deps, loopId);
    return checksProgram({
      ...{ name: `${storyId}-${attempt}-setup`, folder: places.review, scratch: places.scratch },
      ...{ commands, searchPath: deps.finder.searchPath },
    });
  });
  const [result] = await deps.programs.run<readonly CheckResult[]>(run.step, "setup", {
    runId: run.runId,
    spec: { ...spec, attemptsMax: 3 },
    read: (ended) => readChecks(ended, { commands }),
  });
  if (result !== undefined && hasPassed(result)) return null;
  const errors = result?.firstErrors.join("\n") ?? "";
  return `The project's dependencies could not be fetched for the review: ${setup.join(" ")}\n${errors}`;
}
