import type { LoadedLoop, Story, StoryState } from "@system-bus/loops";

/** A story as the PRD asks for it, and as the record has it. */
export interface FoundStory {
  readonly asked: Story;
  readonly story: StoryState;
}

/** Of a story that a role was called with: `enterRole` has refused ids that the loop doesn't know. */
export function getStory({ prd, state }: LoadedLoop, storyId: string): FoundStory {
  const asked = prd.stories.find(({ id }) => id === storyId);
  const story = state.stories.find(({ id }) => id === storyId);
  if (asked === undefined || story === undefined) {
    throw new Error(`broken promise: story ${storyId} is in the PRD and in the record`);
  }
  return { asked, story };
}
