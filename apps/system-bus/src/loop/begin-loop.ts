// The first half of the planner: everything that has to hold before a model is called for the first
// time. It says all that is wrong at once, and leaves nothing behind when it refuses.

import { mkdir, rm } from "node:fs/promises";
import { type AgentName, costOf, lookAtAgents, readPriceTable } from "@system-bus/agents";
import type { EventFields } from "@system-bus/events";
import {
  assertFit,
  type CheckResult,
  type ChecksRequest,
  checksProgram,
  type FitProject,
  type FoundChecks,
  fillCaps,
  findBranchProblem,
  findChecks,
  hasEarlyCancel,
  inspectProject,
  LoopsError,
  leaveOutLoggedOut,
  loadLoop,
  loopPlaces,
  makeClone,
  openLoopRecord,
  type PreflightAgent,
  preflight,
  readChecks,
  readPrd,
  releaseClaim,
  removeClone,
} from "@system-bus/loops";
import { freeBytesAt, type ProgramSpec } from "@system-bus/programs";
import { appendFact } from "./append-fact.ts";
import { branchOf } from "./branch-of.ts";
import { holdProject } from "./hold-project.ts";
import { checkDocker } from "./loop-container.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { loopStep } from "./loop-step.ts";

type StartRequest = EventFields<"agent/loop.start">;

type Prepared =
  | { readonly kind: "begun" }
  | {
      readonly kind: "new";
      readonly facts: FitProject;
      readonly found: FoundChecks;
      readonly agents: readonly PreflightAgent[];
      readonly freeBytes: number;
      readonly commands: ChecksRequest["commands"];
      readonly spec: Omit<ProgramSpec, "slot" | "attemptsMax">;
    };

/**
 * After it the loop stands in its record with `baseline` and `begun`; or the run has failed. Returns what
 * its person should know beforehand.
 */
export async function beginLoop(
  deps: LoopDeps,
  { runId, step }: RoleRun,
  request: StartRequest,
): Promise<readonly string[]> {
  const prepared = await loopStep(step, "prepare", () => prepare(deps, request));
  if (prepared.kind === "begun") return [];
  const { spec, commands } = prepared;
  const results = await deps.programs.run<readonly CheckResult[]>(step, "baseline", {
    runId,
    spec: { ...spec, attemptsMax: 3 },
    read: (ended) => readChecks(ended, { commands }),
  });
  return loopStep(step, "preflight", () => settle(deps, { request, prepared, results }));
}

/** Takes the project for this loop, and a clone of it, in which its checks can be run. */
async function prepare(deps: LoopDeps, request: StartRequest): Promise<Prepared> {
  const { loopId } = request;
  const places = loopPlaces(deps.loopsFolder, loopId);
  if ((await loadLoop(deps.loopsFolder, loopId, deps.nowMs())) !== null) return { kind: "begun" };
  const prd = readPrd(request.prd);
  const facts = await inspectProject(request.project, {
    allowedRoots: deps.readLoopSettings().projects,
  });
  assertFit(facts);
  const branchProblem = await findBranchProblem(facts.project, branchOf(loopId));
  if (branchProblem !== null) throw new LoopsError("LOOP_EXISTS", branchProblem);
  if (request.docker === true) await checkDocker(deps);
  await holdProject(deps, { project: facts.project, loopId });
  await refuseCancelled(deps, facts.project, loopId);
  await openLoopRecord(places).storePrd(prd);
  await mkdir(places.scratch, { recursive: true, mode: 0o700 });
  const { project, head } = facts;
  const { env, home } = deps;
  const { searchPath } = deps.finder;
  await makeClone({ project, folder: places.clone, branch: branchOf(loopId), commit: head });
  const found = await findChecks(places.clone, prd);
  await refuseCancelled(deps, facts.project, loopId);
  const commands = [...(found.setup === null ? [] : [found.setup]), ...found.checks].map(
    (command) => ({ command }),
  );
  return {
    ...{ kind: "new", facts, found, commands },
    agents: await lookAtAgents(toolsOf(deps, request), { env, home, searchPath }),
    freeBytes: await freeBytesAt(places.folder),
    spec: await checksProgram({
      ...{ name: "baseline", folder: places.clone, scratch: places.scratch, commands },
      searchPath,
    }),
  };
}

/** Its run is over by then, and nobody else knows what this step has taken since. */
async function refuseCancelled(deps: LoopDeps, project: string, loopId: string): Promise<void> {
  if (!(await hasEarlyCancel(deps.loopsFolder, loopId))) return;
  await giveBack(deps, project, loopId);
  throw new LoopsError("LOOP_STATE", `Loop ${loopId} was cancelled before it had begun`);
}

async function giveBack({ loopsFolder }: LoopDeps, project: string, loopId: string): Promise<void> {
  const places = loopPlaces(loopsFolder, loopId);
  await releaseClaim(loopsFolder, { project, loopId });
  await removeClone(places.clone);
  await rm(places.folder, { recursive: true, force: true });
}

function toolsOf({ loops }: LoopDeps, { tools }: StartRequest): readonly AgentName[] {
  return tools ?? loops.tools;
}

interface Settling {
  readonly request: StartRequest;
  readonly prepared: Extract<Prepared, { kind: "new" }>;
  readonly results: readonly CheckResult[];
}

/** The word on the preflight. A refusal gives the project back and takes the clone away. */
async function settle(
  deps: LoopDeps,
  { request, prepared, results }: Settling,
): Promise<readonly string[]> {
  const { loopId } = request;
  const places = loopPlaces(deps.loopsFolder, loopId);
  const { facts, found } = prepared;
  const agents = request.tools === undefined ? leaveOutLoggedOut(prepared.agents) : prepared.agents;
  const caps = fillCaps(request.caps);
  const setup = found.setup === null ? null : (results[0] ?? null);
  const baseline = found.setup === null ? results : results.slice(1);
  const { problems, notes } = preflight({
    ...{ facts, found, setup, baseline, agents, caps, prd: request.prd },
    disk: { freeBytes: prepared.freeBytes, projectBytes: facts.sizeBytes },
    prices: { unpriced: await findUnpriced(deps, toolsOf(deps, request)) },
  });
  if (problems.length > 0) {
    await giveBack(deps, facts.project, loopId);
    const list = problems.map((problem) => `- ${problem}`).join("\n");
    throw new LoopsError("PROJECT_UNFIT", `The loop can't begin:\n${list}`);
  }
  const loop = { record: openLoopRecord(places) };
  // Before `begun`: from that fact on the loop is there, and its baseline has to be.
  await appendFact(deps, loop, { kind: "baseline", checks: [...baseline] });
  const usable = agents.filter(({ isInstalled, problem }) => isInstalled && problem === null);
  const names = usable.map(({ name }) => name);
  const { merge = false, push = false, pr = false } = request.finish ?? {};
  await appendFact(deps, loop, {
    ...{ kind: "begun", loopId, project: facts.project, branch: branchOf(loopId) },
    ...{ baseBranch: facts.branch, baseCommit: facts.head, caps },
    tools: toolsOf(deps, request).filter((tool) => names.includes(tool)),
    ...{ judge: request.judge ?? "model", docker: request.docker ?? false },
    finish: { merge, push, pr },
  });
  return [...facts.notes, ...notes];
}

/** codex alone doesn't tell what it cost: its model has to be in the table, so far as it is known here. */
async function findUnpriced(
  { agentModels, loops }: LoopDeps,
  tools: readonly AgentName[],
): Promise<readonly string[]> {
  const model = agentModels.codex;
  if (!tools.includes("codex") || model === undefined) return [];
  const prices = await readPriceTable(loops.pricesFile ?? null);
  const oneCall = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
  return costOf(oneCall, model, prices) === null ? [`codex (${model})`] : [];
}
