import type { LoadedLoop, Story, StoryState } from "@system-bus/loops";
import { CliError } from "../output/failure.ts";

export interface StoryOfLoop {
  readonly story: StoryState;
  /** As the PRD has it. */
  readonly wanted: Story;
}

export function getStory({ state, prd }: LoadedLoop, storyId: string): StoryOfLoop {
  const story = state.stories.find(({ id }) => id === storyId);
  const wanted = prd.stories.find(({ id }) => id === storyId);
  if (story !== undefined && wanted !== undefined) return { story, wanted };
  throw new CliError({
    code: "not-found",
    message: `Loop ${state.loopId} has no story "${storyId}".`,
    fix: `Its stories are: ${prd.stories.map(({ id }) => id).join(", ")}.`,
  });
}
