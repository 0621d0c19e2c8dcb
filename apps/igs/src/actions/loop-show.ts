import { type CommonFlags, createAction } from "../action.ts";
import type { CliContext } from "../context.ts";
import { describeWait } from "../loop/describe-wait.ts";
import { getLoop, getLoopId } from "../loop/find-loop.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { loopReport } from "../loop/loop-report.ts";
import { renderDetails, renderStory } from "../loop/render-details.ts";
import { getStory } from "../loop/story-of.ts";

export const loopShow = createAction<CommonFlags, [string, string?]>(
  "loop show",
  async ({ io, context }, _flags, given, storyId) => {
    const nowMs = Date.now();
    const { loop, named } = await openLoop(context, given, nowMs);
    const { nextActions } = describeWait(loop, null, nowMs);
    if (storyId === undefined) {
      return {
        result: {
          ...loopReport({ loop, activity: null, nowMs }),
          mode: named.mode,
          prd: loop.prd,
          begun: loop.state.begun,
          places: loop.places,
        },
        text: renderDetails(loop, io.paint),
        nextActions,
      };
    }
    const { story, wanted } = getStory(loop, storyId);
    return {
      result: { story: wanted, state: story },
      text: renderStory({ story, wanted, loop }, io.paint),
      nextActions,
    };
  },
);

async function openLoop(context: CliContext, given: string, nowMs: number) {
  const named = await getLoopId(listLoopFolders(context), given);
  return { named, loop: await getLoop(named, nowMs) };
}
