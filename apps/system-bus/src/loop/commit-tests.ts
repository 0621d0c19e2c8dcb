import {
  commitAttempt,
  type LoadedLoop,
  type LockedTests,
  LoopsError,
  layTests,
  resetClone,
  type StoryState,
} from "@system-bus/loops";
import { getStory } from "./get-story.ts";

/** The tests of a story that has passed, as a commit of their own: where the PRD says `keep_tests`. */
export async function commitTests(
  loop: LoadedLoop,
  {
    story,
    locked,
    commit,
  }: { readonly story: StoryState; readonly locked: LockedTests; readonly commit: string },
): Promise<string> {
  const { places, state, prd } = loop;
  const { branch } = state.begun;
  await resetClone({ folder: places.clone, branch, commit });
  const place = { scratch: places.scratch, storyId: story.id, round: locked.round };
  await layTests({ folder: places.clone, files: locked.files, place });
  const { title } = getStory(loop, story.id).asked;
  const made = await commitAttempt({
    ...{ folder: places.clone, branch, base: commit, leaveOut: [] },
    ...{ title: `Tests of ${title}`, body: `${story.id} of ${prd.title}, by the review` },
    // The same moment each time: made again after a crash, it is the same commit.
    at: story.implemented?.at ?? state.begun.at,
    trailers: { loop: state.loopId, story: story.id, attempt: story.lastAttempt },
  });
  if (made.kind === "committed") return made.commit;
  if (made.kind === "unchanged") return commit;
  throw new LoopsError("CHANGE_REFUSED", `The tests of ${story.id} can't be kept: ${made.reason}`);
}
