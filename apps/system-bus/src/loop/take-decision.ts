// A person's word: the loop goes on in a new generation, with what they have decided.

import type { BusEvent, EventFields } from "@system-bus/events";
import { fillCaps, type LoadedLoop, LoopsError, type StoryState } from "@system-bus/loops";
import { appendFact } from "./append-fact.ts";
import { getLoop } from "./enter-role.ts";
import { holdProject } from "./hold-project.ts";
import type { LoopDeps } from "./loop-deps.ts";
import { settleVerdict } from "./settle-verdict.ts";

type PlanRequest = EventFields<"agent/loop.plan">;
type Decision = NonNullable<PlanRequest["decision"]>;

/** May be repeated: each fact has its key. Returns what there is to tell. */
export async function takeDecision(
  deps: LoopDeps,
  { loopId, generation }: PlanRequest,
  decision: Decision,
): Promise<readonly BusEvent[]> {
  const before = await getLoop(deps, loopId);
  const { state } = before;
  if (state.cancelled !== null) return [];
  if (generation !== state.generation + 1 && generation !== state.generation) return [];
  // The decision has come a second time, and late: its generation is over, and has let its project go.
  if (generation === state.generation && state.ended !== null) return [];
  // A loop that had ended has let its project go: it has to be free to be taken up again.
  await holdProject(deps, { project: state.begun.project, loopId });
  const caps = decision.kind === "resume" ? fillCaps(decision.caps, state.caps) : null;
  await appendFact(deps, before, { kind: "resumed", generation, caps });
  const loop = await getLoop(deps, loopId);
  switch (decision.kind) {
    case "resume":
      return [];
    case "retry":
      await appendFact(deps, loop, {
        ...{ kind: "reopened", storyId: decision.storyId, generation },
        reason: "A person wants another attempt",
      });
      return [];
    case "approve":
      return settleByPerson(deps, loop, {
        storyId: decision.storyId,
        verdict: "PASS",
        reason: null,
      });
    case "reject":
      return settleByPerson(deps, loop, { ...decision, verdict: "FAIL" });
  }
}

async function settleByPerson(
  deps: LoopDeps,
  loop: LoadedLoop,
  decided: {
    readonly storyId: string;
    readonly verdict: "PASS" | "FAIL";
    readonly reason: string | null;
  },
): Promise<readonly BusEvent[]> {
  const story = findAsked(loop, decided.storyId);
  if (story === null) return [];
  const { implemented, planned } = story;
  if (planned === null || implemented?.commit == null) {
    throw new LoopsError(
      "LOOP_STATE",
      `${decided.storyId} has no change that could be approved: \`igs loop retry ${loop.state.loopId} ${decided.storyId}\` makes another attempt`,
    );
  }
  return settleVerdict(deps, loop, {
    ...{ story, planned, implemented, by: "person", verdict: decided.verdict },
    reasons: [decided.reason ?? "A person has approved it"],
    ...{ failingTests: [], feedback: decided.reason },
  });
}

/** Null when the decision was taken already, or another one. */
function findAsked({ state }: LoadedLoop, storyId: string): StoryState | null {
  const story = state.stories.find(({ id }) => id === storyId);
  return story === undefined || story.status !== "needs-human" ? null : story;
}
