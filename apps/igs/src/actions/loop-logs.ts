import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { getLoop, getLoopIdOrLatest } from "../loop/find-loop.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { loopReport } from "../loop/loop-report.ts";
import { pastLines } from "../loop/past-lines.ts";
import { showLive } from "../loop/show-live.ts";
import { getStory } from "../loop/story-of.ts";

export interface LoopLogsFlags extends ConnectionFlags {
  readonly follow?: boolean;
  readonly story?: string;
  readonly limit: number;
}

export const loopLogs = createAction<LoopLogsFlags, [string?]>(
  "loop logs",
  async ({ io, context }, flags, given) => {
    const named = await getLoopIdOrLatest(listLoopFolders(context), given, Date.now());
    const loop = await getLoop(named, Date.now());
    if (flags.story !== undefined) getStory(loop, flags.story);
    const lines = await pastLines(loop, {
      paint: io.paint,
      programsFolder: named.settings.folders.programs,
      storyId: flags.story,
      linesMax: flags.limit,
    });
    const { loopId } = named;
    if (!flags.follow) {
      return {
        result: { loopId, lines: lines.map(({ record }) => record) },
        text: lines.map(({ text }) => text).join("\n"),
        nextActions: [
          { command: `igs loop logs ${loopId} -f`, description: "Go on with what is to come" },
          { command: `igs loop status ${loopId}`, description: "How far it is" },
        ],
      };
    }
    for (const { record, text } of lines) io.emit(record, text);
    const seen = await showLive({
      ...{ io, context, named, connection: connect(context, flags) },
      ...{ signal: context.listenForStop(), tellsPast: false, tellsOutput: true },
      storyId: flags.story,
    });
    return {
      result: loopReport(seen),
      text: "",
      nextActions: [{ command: `igs loop status ${loopId}`, description: "How far it is" }],
    };
  },
);
