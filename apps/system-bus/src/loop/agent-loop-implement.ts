import { type BusClient, type BusEvent, busEvents, type EventFields } from "@system-bus/events";
import { commitAttempt, type FactOf, findTouched, type LoadedLoop } from "@system-bus/loops";
import type { InngestFunction } from "inngest";
import { appendFact } from "./append-fact.ts";
import { cancelOnLoop } from "./cancel-on-loop.ts";
import { getLoop } from "./enter-role.ts";
import { getStory } from "./get-story.ts";
import { keepPatterns } from "./keep-patterns.ts";
import { leaveRole } from "./leave-role.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { storyEvent } from "./loop-event.ts";
import { loopStep } from "./loop-step.ts";
import { prepareImplementing } from "./prepare-implementing.ts";
import { reportRoleFailure } from "./report-role-failure.ts";
import { type AgentEnd, runRoleAgent } from "./run-role-agent.ts";

const ID = "agent-loop-implement";

type ImplementRequest = EventFields<"agent/loop.implement">;

/** Has an agent implement a story in the loop's clone, and commits what it has changed. */
export function agentLoopImplement(client: BusClient, deps: LoopDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [busEvents["agent/loop.implement"]],
      concurrency: { key: "event.data.project", limit: 1 },
      cancelOn: cancelOnLoop,
      retries: 2,
      onFailure: reportRoleFailure(ID, deps),
    },
    ({ event, runId, step }) => implementStory(deps, { runId, step }, event.data),
  );
}

export async function implementStory(deps: LoopDeps, run: RoleRun, request: ImplementRequest) {
  const { step } = run;
  const prepared = await loopStep(step, "prepare", () => prepareImplementing(deps, request));
  if (prepared.kind === "left") return { left: prepared.reason };
  if (prepared.kind === "go") {
    const end = await runRoleAgent(deps, run, prepared.agent);
    if (end.kind === "left") return leaveRole(step, end);
    await loopStep(step, "commit", () => commitWork(deps, request, end));
  }
  const next = await loopStep(step, "next", () => nextRole(deps, request));
  await step.sendEvent("emit-events", [next]);
  return { storyId: request.storyId, attempt: request.attempt, next: next.name };
}

/** What came of the agent, as a fact. Runs twice to the same commit. */
async function commitWork(
  deps: LoopDeps,
  request: ImplementRequest,
  end: Exclude<AgentEnd, { kind: "left" }>,
): Promise<void> {
  const { loopId, storyId, attempt, generation } = request;
  const loop = await getLoop(deps, loopId);
  const told = await readWork(loop, request, end);
  await appendFact(deps, loop, { kind: "implemented", generation, storyId, attempt, ...told });
  if (end.kind === "answered") await keepPatterns(deps, loop, end.text);
}

type Work = Pick<FactOf<"implemented">, "commit" | "files" | "problem">;

const nothing = (problem: string): Work => ({ commit: null, files: [], problem });

async function readWork(
  loop: LoadedLoop,
  { loopId, storyId, attempt }: ImplementRequest,
  end: Exclude<AgentEnd, { kind: "left" }>,
): Promise<Work> {
  if (end.kind === "failed") return nothing(end.reason);
  const { places, state, prd } = loop;
  const { asked, story } = getStory(loop, storyId);
  const { locked, planned } = story;
  if (planned === null) throw new Error(`broken promise: ${storyId} was planned`);
  if (locked !== null) {
    const touched = await findTouched({ folder: places.clone, files: locked.files });
    if (touched.length > 0) {
      return nothing(`It changed tests that are locked: ${touched.join(", ")}`);
    }
  }
  const committed = await commitAttempt({
    ...{ folder: places.clone, branch: state.begun.branch, base: planned.baseCommit },
    ...{ title: asked.title, body: `${storyId} of ${prd.title}, by ${planned.tool}` },
    trailers: { loop: loopId, story: storyId, attempt },
    leaveOut: locked?.files.map(({ path }) => path) ?? [],
  });
  switch (committed.kind) {
    case "committed":
      return { commit: committed.commit, files: [...committed.files], problem: null };
    case "unchanged":
      return nothing("It changed no file");
    case "refused":
      return nothing(committed.reason);
  }
}

async function nextRole(deps: LoopDeps, request: ImplementRequest): Promise<BusEvent> {
  const { implemented } = getStory(await getLoop(deps, request.loopId), request.storyId).story;
  const isThere = implemented?.attempt === request.attempt && implemented.commit !== null;
  return storyEvent(isThere ? "agent/loop.review" : "agent/loop.judge", request);
}
