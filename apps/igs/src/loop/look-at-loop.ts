import { realpath, stat } from "node:fs/promises";
import { sep } from "node:path";
import { type InngestApi, InngestApiError, type Run, readSpanError } from "@system-bus/inngest-api";
import { branchHead, findClaimOf, type LoadedLoop, loadLoop, readClaim } from "@system-bus/loops";
import type { Connection } from "../connect.ts";
import { probeEngine } from "../status/probe-engine.ts";
import type { LoopFindings } from "./find-faults.ts";
import type { NamedLoop } from "./find-loop.ts";
import { createActivityReader, LOOP_FUNCTIONS } from "./loop-programs.ts";

/** Looks at everything that a loop consists of. Changes nothing. */
export async function lookAtLoop(
  named: NamedLoop,
  { api, settings }: Connection,
  nowMs: number,
): Promise<LoopFindings> {
  const { loopId, loopsFolder, mode } = named;
  const { workerOrigin } = settings;
  const [{ loop, recordProblem }, engine, activity, failedRun, heldProject] = await Promise.all([
    loadOrProblem(named, nowMs),
    probeEngine(settings.engineUrl),
    createActivityReader(api, workerOrigin).read(loopId),
    findFailedRun(api, loopId),
    findClaimOf(loopsFolder, loopId).catch(() => null),
  ]);
  return {
    ...{ loopId, mode, folder: loopsFolder, loop, recordProblem, engine },
    ...{ engineUrl: settings.engineUrl, activity, failedRun, heldProject },
    ...(await lookAtProject(named, loop)),
  };
}

async function loadOrProblem({ loopsFolder, loopId }: NamedLoop, nowMs: number) {
  try {
    return { loop: await loadLoop(loopsFolder, loopId, nowMs), recordProblem: null };
  } catch (error) {
    const recordProblem = error instanceof Error ? error.message : String(error);
    return { loop: null, recordProblem };
  }
}

type ProjectFindings = Pick<
  LoopFindings,
  "holder" | "projectProblem" | "branchHead" | "hasClone" | "isProjectAllowed"
>;

async function lookAtProject(
  { loopsFolder, settings }: NamedLoop,
  loop: LoadedLoop | null,
): Promise<ProjectFindings> {
  if (loop === null) {
    const nothing = { holder: null, projectProblem: null, branchHead: null };
    return { ...nothing, hasClone: false, isProjectAllowed: true };
  }
  const { project, branch } = loop.state.begun;
  // The commits lie in the repository behind the clone; the folder itself is made anew from it.
  const clone = await stat(`${loop.places.clone}.git`).catch(() => null);
  const branchSeen = await branchHead(project, branch).then(
    (head) => ({ head, problem: null }),
    (error: unknown) => ({
      head: null,
      problem: `${project} can't be read: ${error instanceof Error ? error.message : String(error)}`,
    }),
  );
  return {
    holder: (await readClaim(loopsFolder, project).catch(() => null))?.loopId ?? null,
    projectProblem: branchSeen.problem,
    branchHead: branchSeen.head,
    hasClone: clone !== null,
    isProjectAllowed: await isBelow(settings.loops.projects, project),
  };
}

async function isBelow(roots: readonly string[], project: string): Promise<boolean> {
  for (const root of roots) {
    const real = await realpath(root).catch(() => null);
    if (real !== null && (project === real || project.startsWith(real + sep))) return true;
  }
  return false;
}

/** Runs that are looked at: one loop's last failure is among the latest of all. */
const FAILED_MAX = 40;

/** The latest failed run of this loop; null when there is none, or no engine answers. */
async function findFailedRun(api: InngestApi, loopId: string): Promise<LoopFindings["failedRun"]> {
  const query = {
    status: ["FAILED"],
    functionId: LOOP_FUNCTIONS,
    includeOutput: true,
    limit: FAILED_MAX,
  } as const;
  try {
    for await (const run of api.eachRun(query, FAILED_MAX)) {
      const [eventId] = run.trigger.eventIds;
      if (eventId === undefined) continue;
      const event = await api.getEvent(eventId).catch(() => null);
      if (event?.data["loopId"] === loopId) return { run, error: errorOf(run) };
    }
  } catch (error) {
    if (!(error instanceof InngestApiError)) throw error;
  }
  return null;
}

function errorOf(run: Run): string {
  return readSpanError(run)?.message ?? "it does not say why";
}
