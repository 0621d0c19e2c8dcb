import { type BusClient, type BusEvent, busEvents, type EventFields } from "@system-bus/events";
import { finishBranch, type LoadedLoop, releaseClaim, removeClone } from "@system-bus/loops";
import type { InngestFunction } from "inngest";
import { appendFact } from "./append-fact.ts";
import { enterRole } from "./enter-role.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { loopEvent } from "./loop-event.ts";
import { loopStep } from "./loop-step.ts";
import { reportRoleFailure } from "./report-role-failure.ts";

const ID = "agent-loop-complete";

/** Leaves the branch for its person, merges, pushes or opens a pull request where asked, lets the project go. */
export function agentLoopComplete(client: BusClient, deps: LoopDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [busEvents["agent/loop.complete"]],
      concurrency: { key: "event.data.project", limit: 1 },
      retries: 2,
      onFailure: reportRoleFailure(ID, deps),
    },
    ({ event, runId, step }) => completeLoop(deps, { runId, step }, event.data),
  );
}

export async function completeLoop(
  deps: LoopDeps,
  { step }: RoleRun,
  request: EventFields<"agent/loop.complete">,
) {
  const { loopId, generation } = request;
  const done = await loopStep(step, "finish", async () => {
    const entered = await enterRole(deps, { role: "complete", loopId, generation });
    if (entered.kind === "left") return { reason: entered.reason, event: null };
    if (entered.kind === "go") await finish(deps, entered.loop);
    return { reason: null, event: retroEvent(entered.loop) };
  });
  if (done.event !== null) await step.sendEvent("emit-events", [done.event]);
  return done.reason === null ? { outcome: request.outcome } : { left: done.reason };
}

async function finish(deps: LoopDeps, loop: LoadedLoop): Promise<void> {
  const { state, places } = loop;
  const { begun, generation, ended, cancelled, loopId } = state;
  const { project, branch, baseBranch } = begun;
  const hasPassed = state.stories.some(({ published }) => published !== null);
  const asked = hasPassed && ended?.outcome !== "cancelled" ? begun.finish : NOTHING;
  const finished = await finishBranch({
    ...{ project, branch, baseBranch, ...asked, ...describe(loop) },
    ...{ env: withoutMissing(deps.env), path: deps.finder.searchPath },
  });
  await appendFact(deps, loop, {
    ...{ kind: "finished", generation, ...finished },
    problems: [...finished.problems],
  });
  await releaseClaim(deps.loopsFolder, { project, loopId });
  if (cancelled?.removeClone === true) {
    for (const folder of [places.clone, places.review]) await removeClone(folder);
  }
}

/** Of a pull request. */
function describe({ prd, state }: LoadedLoop): { readonly title: string; readonly body: string } {
  const lines = state.stories.map(({ id, status }) => {
    const title = prd.stories.find((story) => story.id === id)?.title ?? "";
    return `- ${id} ${title}: ${status}`;
  });
  return { title: prd.title, body: `${prd.description}\n\n${lines.join("\n")}\n` };
}

function withoutMissing(env: LoopDeps["env"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const NOTHING = { merge: false, push: false, pr: false };

function retroEvent({ state }: LoadedLoop): BusEvent {
  const { loopId, begun, generation } = state;
  return loopEvent("agent/loop.retro", { loopId, project: begun.project, generation }, [
    generation,
  ]);
}
