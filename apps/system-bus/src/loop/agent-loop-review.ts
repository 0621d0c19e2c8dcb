// Tests are written blind (field lesson 24): in a checkout at the story's base commit, where nothing of
// the implementation is, from criteria and declarations alone. They have to fail with a stub, are locked
// by hash, and then decide at the head, together with the project's own checks.

import { type BusClient, busEvents, type EventFields } from "@system-bus/events";
import type { LockedTests } from "@system-bus/loops";
import type { InngestFunction } from "inngest";
import { cancelOnLoop } from "./cancel-on-loop.ts";
import { getLoop } from "./enter-role.ts";
import { getStory } from "./get-story.ts";
import { leaveRole } from "./leave-role.ts";
import type { LoopDeps, RoleRun } from "./loop-deps.ts";
import { storyEvent } from "./loop-event.ts";
import { loopStep } from "./loop-step.ts";
import { prepareReviewing } from "./prepare-reviewing.ts";
import { reportRoleFailure } from "./report-role-failure.ts";
import { runAtHead } from "./run-at-head.ts";
import { writeTests } from "./write-tests.ts";

const ID = "agent-loop-review";

type ReviewRequest = EventFields<"agent/loop.review">;

/** Has tests written from a story's criteria, locks them, and runs them and all checks at the head. */
export function agentLoopReview(client: BusClient, deps: LoopDeps): InngestFunction.Any {
  return client.createFunction(
    {
      id: ID,
      triggers: [busEvents["agent/loop.review"]],
      concurrency: { key: "event.data.project", limit: 1 },
      cancelOn: cancelOnLoop,
      retries: 2,
      onFailure: reportRoleFailure(ID, deps),
    },
    ({ event, runId, step }) => reviewStory(deps, { runId, step }, event.data),
  );
}

export async function reviewStory(deps: LoopDeps, run: RoleRun, request: ReviewRequest) {
  const { step } = run;
  const prepared = await loopStep(step, "prepare", () => prepareReviewing(deps, request));
  if (prepared.kind === "left") return { left: prepared.reason };
  if (prepared.kind !== "done") {
    const written =
      prepared.kind === "kept"
        ? await keepTests(deps, run, request)
        : await writeTests(deps, run, { request, prepared });
    if (written.kind === "left") return leaveRole(step, written);
    await runAtHead(deps, run, { request, written });
  }
  await step.sendEvent("emit-events", [storyEvent("agent/loop.judge", request)]);
  return { storyId: request.storyId, attempt: request.attempt };
}

async function keepTests(
  deps: LoopDeps,
  { step }: RoleRun,
  { loopId, storyId }: ReviewRequest,
): Promise<{
  readonly kind: "written";
  readonly locked: LockedTests | null;
  readonly problem: null;
}> {
  const locked = await loopStep(
    step,
    "keep-tests",
    async () => getStory(await getLoop(deps, loopId), storyId).story.locked,
  );
  return { kind: "written", locked, problem: null };
}
