// What a loop does next: an unfinished attempt goes on at the role that is owed, else the next story is
// taken up, else the loop is over, or waits for its person.

import type { BusEvent, EventFields } from "@system-bus/events";
import {
  chooseStory,
  chooseTool,
  decideEntry,
  type FactOf,
  findReachedCap,
  type LoadedLoop,
  nextRole,
  playbookPath,
  readPlaybook,
  type StoryState,
} from "@system-bus/loops";
import { appendFact } from "./append-fact.ts";
import { getLoop } from "./enter-role.ts";
import { getStory } from "./get-story.ts";
import type { LoopDeps } from "./loop-deps.ts";
import { implementEvent, loopEvent, storyEvent } from "./loop-event.ts";
import { pauseLoop } from "./pause-loop.ts";
import { takeDecision } from "./take-decision.ts";

type PlanRequest = EventFields<"agent/loop.plan">;

export interface Planned {
  readonly events: readonly BusEvent[];
  /** For people who look at the run. */
  readonly what: string;
}

export async function planNext(deps: LoopDeps, request: PlanRequest): Promise<Planned> {
  const { loopId, decision, generation } = request;
  const told = decision === undefined ? [] : await takeDecision(deps, request, decision);
  const loop = await getLoop(deps, loopId);
  // What a person has decided follows whatever was planned before.
  const iteration = decision === undefined ? request.iteration : loop.state.iteration + 1;
  const planned = await planLoop(deps, loop, { generation, iteration });
  return { ...planned, events: [...told, ...planned.events] };
}

async function planLoop(
  deps: LoopDeps,
  loop: LoadedLoop,
  { generation, iteration }: Pick<PlanRequest, "generation" | "iteration">,
): Promise<Planned> {
  const { state, spent } = loop;
  const entry = decideEntry(state, { role: "plan", generation, iteration });
  const active = state.stories.find(({ status }) => status === "active");
  switch (entry.kind) {
    case "stale":
      return { events: [], what: entry.reason };
    case "cancelled":
    case "paused":
      return { events: [], what: `The loop is ${entry.kind}` };
    case "done":
      if (state.ended !== null) return { events: [completeEvent(loop)], what: "The loop is over" };
      return active === undefined
        ? { events: [], what: "It was planned, and decided on" }
        : goOn(deps, loop, active.id);
    case "go":
      break;
  }
  if (active !== undefined) return goOn(deps, loop, active.id);
  const reached = findReachedCap(state, spent);
  if (reached !== null) {
    return { events: [await pauseLoop(deps, loop, reached)], what: reached.reason };
  }
  return takeUp(deps, loop, iteration);
}

/** The event of the role that is owed. Sent a second time it starts nothing. */
async function goOn(deps: LoopDeps, before: LoadedLoop, storyId: string): Promise<Planned> {
  await keepCode(deps, before, getStory(before, storyId).story);
  const loop = await getLoop(deps, before.state.loopId);
  const { state } = loop;
  const { story } = getStory(loop, storyId);
  const { planned } = story;
  if (planned === null) throw new Error("broken promise: an active story has been planned");
  const about = {
    ...{ loopId: state.loopId, project: state.begun.project, generation: state.generation },
    ...{ storyId, attempt: planned.attempt },
  };
  const role = nextRole(story) ?? "judge";
  const event =
    role === "implement"
      ? implementEvent(about, planned.tool)
      : storyEvent(`agent/loop.${role}`, about);
  return { events: [event], what: `${storyId}, attempt ${planned.attempt}: ${role}` };
}

/** Where only its tests were bad, the code of the last attempt is that of this one, too. */
async function keepCode(deps: LoopDeps, loop: LoadedLoop, story: StoryState): Promise<void> {
  const { planned, implemented } = story;
  const before = story.verdicts.at(-1);
  if (planned === null || implemented !== null || before?.verdict !== "NEW_TESTS") return;
  const facts = await loop.record.facts();
  const isSameBase = facts.some(
    (fact) =>
      fact.kind === "planned" &&
      fact.storyId === story.id &&
      fact.attempt === before.attempt &&
      fact.baseCommit === planned.baseCommit,
  );
  if (!isSameBase) return;
  const made = facts.find(
    (fact): fact is FactOf<"implemented"> =>
      fact.kind === "implemented" && fact.storyId === story.id && fact.attempt === before.attempt,
  );
  if (made === undefined) return;
  const { storyId, attempt, generation } = planned;
  const same = { commit: made.commit, files: made.files, problem: null };
  await appendFact(deps, loop, { kind: "implemented", generation, storyId, attempt, ...same });
}

async function takeUp(deps: LoopDeps, loop: LoadedLoop, iteration: number): Promise<Planned> {
  const { state, prd } = loop;
  const choice = chooseStory(prd, state);
  if (choice.kind === "needs-human") {
    const ids = choice.storyIds.join(", ");
    const reason = `${ids} ${choice.storyIds.length === 1 ? "needs" : "need"} your word: \`igs loop show ${state.loopId}\`, then \`igs loop approve ${state.loopId} ${choice.storyIds[0]}\` or \`reject\``;
    const event = await pauseLoop(deps, loop, { cause: "needs-human", reason });
    return { events: [event], what: reason };
  }
  if (choice.kind === "over") {
    const { outcome } = choice;
    await appendFact(deps, loop, { kind: "ended", generation: state.generation, outcome });
    return { events: [completeEvent(await getLoop(deps, state.loopId))], what: outcome };
  }
  return planStory(deps, loop, { iteration, storyId: choice.story.id });
}

async function planStory(
  deps: LoopDeps,
  loop: LoadedLoop,
  { iteration, storyId }: { readonly iteration: number; readonly storyId: string },
): Promise<Planned> {
  const { state } = loop;
  const { asked: story, story: before } = getStory(loop, storyId);
  // Code that was made for another head is made anew: laid over this one it would undo others' stories.
  const keepsCode =
    before.verdicts.at(-1)?.verdict === "NEW_TESTS" && before.planned?.baseCommit === state.head;
  const chosen = chooseTool({
    ...{ story, state, tools: state.begun.tools },
    playbook: await readPlaybook(playbookPath(deps.loopsFolder)),
  });
  await appendFact(deps, loop, {
    ...{ kind: "planned", iteration, generation: state.generation, storyId },
    ...{ attempt: before.lastAttempt + 1, baseCommit: state.head },
    tool: keepsCode ? (before.planned?.tool ?? chosen.tool) : chosen.tool,
    storyKind: chosen.storyKind,
    reasons: keepsCode
      ? ["Its code stays as it is: its tests are written anew."]
      : [...chosen.reasons],
  });
  return goOn(deps, await getLoop(deps, state.loopId), storyId);
}

/** Also for one that has ended already: it may not have been sent. */
export function completeEvent({ state }: LoadedLoop): BusEvent {
  const { loopId, generation, begun, ended } = state;
  const count = (...statuses: readonly string[]) =>
    state.stories.filter(({ status }) => statuses.includes(status)).length;
  const passed = count("passed");
  const failed = count("failed");
  return loopEvent(
    "agent/loop.complete",
    {
      ...{ loopId, project: begun.project, generation },
      outcome: ended?.outcome ?? "failed",
      stories: { passed, failed, open: state.stories.length - passed - failed },
    },
    [generation],
  );
}
