import { join } from "node:path";
import { type BusClient, type BusEvent, busEvents, type EventFields } from "@system-bus/events";
import {
  addToProgress,
  type LoadedLoop,
  learn,
  playbookPath,
  projectPlaces,
  readPlaybook,
  readProgress,
  renderRetrospective,
  summarizeLoop,
  writePlaybook,
  writeProgress,
} from "@system-bus/loops";
import type { InngestFunction } from "inngest";
import { createFileAtomic, writeFileAtomic } from "../files/atomic-write.ts";
import { emitEvents } from "../steps/emit-events.ts";
import { appendFact } from "./append-fact.ts";
import { enterRole, getLoop } from "./enter-role.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { loopEvent } from "./loop-event.ts";
import { loopStep } from "./loop-step.ts";
import { reportRoleFailure } from "./report-role-failure.ts";

const ID = "agent-loop-retro";

/** Looks back on a loop: a note in the vault, and what the planner learns for the next one. */
export function agentLoopRetro(client: BusClient, deps: LoopDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [busEvents["agent/loop.retro"]],
      // Beside the seeds' key: all loops share one playbook.
      concurrency: [{ key: "event.data.project", limit: 1 }, { limit: 1 }],
      retries: 2,
      onFailure: reportRoleFailure(ID, deps),
    },
    ({ event, runId, step }) => lookBack(deps, { runId, step }, event.data),
  );
}

export async function lookBack(
  deps: LoopDeps,
  { step }: RoleRun,
  { loopId, generation }: EventFields<"agent/loop.retro">,
) {
  const entered = await loopStep(step, "write-retrospective", async () => {
    const found = await enterRole(deps, { role: "retro", loopId, generation });
    if (found.kind === "left") return { reason: found.reason };
    if (found.kind === "go") await writeRetrospective(deps, found.loop);
    return { reason: null };
  });
  if (entered.reason !== null) return { left: entered.reason };
  await loopStep(step, "update-playbook", async () => learnFrom(deps, await getLoop(deps, loopId)));
  const event = await loopStep(step, "tell", async () =>
    retroDone(deps, await getLoop(deps, loopId)),
  );
  await emitEvents(step, deps, [event]);
  return { noteSlug: loopId };
}

/** The person's to edit: a retrospective that is there is not written again, but for a later generation. */
async function writeRetrospective(deps: LoopDeps, loop: LoadedLoop): Promise<void> {
  const { state, prd, attempts, spent } = loop;
  const path = join(deps.vaultFolder, "system", "retrospectives", `${state.loopId}.md`);
  const note = renderRetrospective({ prd, state, attempts, spent });
  if (state.generation === 1) await createFileAtomic(path, note);
  else await writeFileAtomic(path, note);
}

async function learnFrom(deps: LoopDeps, loop: LoadedLoop): Promise<void> {
  const { attempts, state } = loop;
  const file = playbookPath(deps.loopsFolder);
  await writePlaybook(file, learn(await readPlaybook(file), { loopId: state.loopId, attempts }));
  const { progress } = projectPlaces(deps.loopsFolder, state.begun.project);
  const line = `${state.loopId}: ${summarizeLoop(loop)}`;
  await writeProgress(progress, addToProgress(await readProgress(progress), { loop: line }));
}

async function retroDone(deps: LoopDeps, loop: LoadedLoop): Promise<BusEvent> {
  const { state } = loop;
  const { loopId, begun, generation } = state;
  await appendFact(deps, loop, { kind: "retro", generation, noteSlug: loopId });
  const data = { loopId, project: begun.project, generation, noteSlug: loopId };
  const summary = summarizeLoop(loop).slice(0, 1_000);
  return loopEvent("agent/loop.retro.complete", { ...data, summary }, [generation]);
}
