import type { Prd, Story } from "../prd/read-prd.ts";
import type { LoopState, StoryState } from "../record/loop-state.ts";

export type StoryChoice =
  | { readonly kind: "story"; readonly story: Story }
  /** Nothing else is left to do. */
  | { readonly kind: "needs-human"; readonly storyIds: readonly string[] }
  | { readonly kind: "over"; readonly outcome: "completed" | "partial" | "failed" };

/**
 * The next story: of those whose dependencies have passed the lowest priority, then the PRD's order. One
 * that the judge has put off comes when no other is open.
 */
export function chooseStory(prd: Prd, state: LoopState): StoryChoice {
  const stateOf = new Map(state.stories.map((story) => [story.id, story]));
  const mayBegin = ({ depends_on = [] }: Story) =>
    depends_on.every((id) => stateOf.get(id)?.status === "passed");
  const inOrder = prd.stories
    .filter(mayBegin)
    .toSorted((one, other) => one.priority - other.priority);
  const first = (status: StoryState["status"]) =>
    inOrder.find(({ id }) => stateOf.get(id)?.status === status);
  const story = first("open") ?? first("later");
  if (story !== undefined) return { kind: "story", story };
  const asked = state.stories.filter(({ status }) => status === "needs-human");
  if (asked.length > 0) return { kind: "needs-human", storyIds: asked.map(({ id }) => id) };
  const passed = state.stories.filter(({ status }) => status === "passed").length;
  const outcome = passed === state.stories.length ? "completed" : passed > 0 ? "partial" : "failed";
  return { kind: "over", outcome };
}
