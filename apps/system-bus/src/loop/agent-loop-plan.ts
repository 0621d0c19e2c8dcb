import { type BusClient, type BusEvent, busEvents, type EventFields } from "@system-bus/events";
import { type InngestFunction, NonRetriableError } from "inngest";
import { emitEvents } from "../steps/emit-events.ts";
import { beginLoop } from "./begin-loop.ts";
import { cancelLoop } from "./cancel-loop.ts";
import { cancelOnLoop } from "./cancel-on-loop.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { loopStep } from "./loop-step.ts";
import { type Planned, planNext } from "./plan-next.ts";
import { reportRoleFailure } from "./report-role-failure.ts";

const ID = "agent-loop-plan";

/** Begins a loop, chooses its next story and the agent for it, and ends it. */
export function agentLoopPlan(client: BusClient, deps: LoopDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [
        busEvents["agent/loop.start"],
        busEvents["agent/loop.plan"],
        busEvents["agent/loop.cancel"],
      ],
      concurrency: { key: "event.data.project", limit: 1 },
      cancelOn: cancelOnLoop,
      retries: 2,
      onFailure: reportRoleFailure(ID, deps),
    },
    async ({ event, runId, step }) => {
      const run = { runId, step };
      if (event.name === "agent/loop.start") return startLoop(deps, run, event.data);
      if (event.name === "agent/loop.cancel") return endLoop(deps, run, event.data);
      if (event.name === "agent/loop.plan") return continueLoop(deps, run, event.data);
      throw new NonRetriableError(`${event.name} starts no planner: send one of its own events`);
    },
  );
}

export async function startLoop(
  deps: LoopDeps,
  run: RoleRun,
  request: EventFields<"agent/loop.start">,
) {
  const notes = await beginLoop(deps, run, request);
  const { loopId, project, generation } = request;
  const first = { loopId, project, generation, iteration: 1 };
  const told = await tell(deps, run, await loopStep(run.step, "plan", () => planNext(deps, first)));
  return { ...told, notes };
}

export async function continueLoop(
  deps: LoopDeps,
  run: RoleRun,
  request: EventFields<"agent/loop.plan">,
) {
  return tell(deps, run, await loopStep(run.step, "plan", () => planNext(deps, request)));
}

export async function endLoop(
  deps: LoopDeps,
  run: RoleRun,
  request: EventFields<"agent/loop.cancel">,
) {
  return tell(deps, run, await loopStep(run.step, "cancel", () => cancelLoop(deps, request)));
}

async function tell(deps: LoopDeps, { step }: RoleRun, { events, what }: Planned) {
  const all: BusEvent[] = [...events];
  if (all.length > 0) await emitEvents(step, deps, all);
  return { what, sent: all.map(({ name }) => name) };
}
