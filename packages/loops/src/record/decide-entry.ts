import { lastVerdict } from "./fold-story.ts";
import type { LoopState, StoryState } from "./loop-state.ts";

const STORY_ROLES = ["implement", "review", "judge"] as const;
export type StoryRole = (typeof STORY_ROLES)[number];
export type LoopRole = "plan" | StoryRole | "complete" | "retro";

/** What a role was called with. */
export interface Entry {
  readonly role: LoopRole;
  readonly generation: number;
  /** Of a plan: which choice of a story it asks for. */
  readonly iteration?: number | undefined;
  readonly storyId?: string | undefined;
  readonly attempt?: number | undefined;
}

export type EntryDecision =
  | { readonly kind: "go" }
  /** The fact that this role would write is there: it only sends its follow-up event again. */
  | { readonly kind: "done" }
  /** Nothing is to be done, and nothing to be sent. */
  | { readonly kind: "stale"; readonly reason: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "paused" };

/**
 * Whether a role that is called has something to do. Every call may come twice, late, or after the loop
 * was taken up again.
 *
 *   - The planner is called with the next generation when a person takes the loop up: it goes, and
 *     writes `resumed` first.
 *   - `judge` is done when its verdict is there and, after a PASS, the commit is published: between the
 *     two it goes on where it was.
 *   - Of a cancelled loop the planner hears `cancelled` until it has written the end.
 */
export function decideEntry(state: LoopState, entry: Entry): EntryDecision {
  const { role, generation } = entry;
  if (generation < state.generation) {
    return stale(`generation ${generation} is over: the loop lives on as ${state.generation}`);
  }
  const isResume = role === "plan" && generation === state.generation + 1;
  if (generation > state.generation && !isResume) {
    return stale(`generation ${generation} has not begun: the loop is at ${state.generation}`);
  }
  switch (role) {
    case "plan":
      return decidePlan(state, entry, isResume);
    case "complete":
    case "retro":
      return decideAfterEnd(state, role);
    case "implement":
    case "review":
    case "judge":
      return decideStoryRole(state, entry, role);
  }
}

/** What the attempt that is under way waits for; null when it is decided, or none is. */
export function nextRole(story: StoryState): StoryRole | null {
  if (story.planned === null || story.published !== null) return null;
  const verdict = lastVerdict(story);
  if (verdict !== null) return verdict.verdict === "PASS" ? "judge" : null;
  if (story.implemented === null) return "implement";
  if (story.reviewed === null && story.implemented.commit !== null) return "review";
  return "judge";
}

function decidePlan(state: LoopState, { iteration }: Entry, isResume: boolean): EntryDecision {
  if (state.cancelled !== null) return { kind: state.ended === null ? "cancelled" : "done" };
  if (isResume) return { kind: "go" };
  if (state.ended !== null) return { kind: "done" };
  if (state.pause !== null) return { kind: "paused" };
  const isPlanned = iteration !== undefined && state.iteration >= iteration;
  return { kind: isPlanned ? "done" : "go" };
}

function decideAfterEnd(state: LoopState, role: "complete" | "retro"): EntryDecision {
  if (state.ended === null) return stale("the loop has not ended");
  const isDone = (role === "complete" ? state.finished : state.retro) !== null;
  return { kind: isDone ? "done" : "go" };
}

function decideStoryRole(state: LoopState, entry: Entry, role: StoryRole): EntryDecision {
  const { storyId, attempt } = entry;
  if (state.ended !== null) return stale("the loop has ended");
  if (state.cancelled !== null) return { kind: "cancelled" };
  if (state.pause !== null) return { kind: "paused" };
  const story = state.stories.find(({ id }) => id === storyId);
  if (story === undefined) return stale(`${storyId} is no story of this loop`);
  if (story.planned === null || story.planned.attempt !== attempt) {
    const last = story.planned === null ? "none was planned" : `the last is ${story.lastAttempt}`;
    return stale(`attempt ${attempt} at ${storyId} is not under way: ${last}`);
  }
  const next = nextRole(story);
  const turn = next === null ? STORY_ROLES.length : STORY_ROLES.indexOf(next);
  const asked = STORY_ROLES.indexOf(role);
  if (asked > turn) return stale(`it is the turn of ${next}, not of ${role}`);
  return { kind: asked < turn ? "done" : "go" };
}

function stale(reason: string): EntryDecision {
  return { kind: "stale", reason };
}
