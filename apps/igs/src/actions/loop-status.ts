import { createAction } from "../action.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { getLoop, getLoopIdOrLatest } from "../loop/find-loop.ts";
import { listLoopFolders } from "../loop/loop-folders.ts";
import { createActivityReader } from "../loop/loop-programs.ts";
import { loopActions, loopFailure, loopReport } from "../loop/loop-report.ts";
import { renderLoop, type SeenLoop } from "../loop/render-loop.ts";
import { showLive } from "../loop/show-live.ts";
import type { Answer } from "../output/envelope.ts";
import type { Io } from "../output/io.ts";

export interface LoopStatusFlags extends ConnectionFlags {
  readonly watch?: boolean;
}

export const loopStatus = createAction<LoopStatusFlags, [string?]>(
  "loop status",
  async ({ io, context }, flags, given) => {
    const named = await getLoopIdOrLatest(listLoopFolders(context), given, Date.now());
    const connection = connect(context, flags);
    if (flags.watch ?? !io.isJson) {
      const signal = context.listenForStop();
      const live = { io, context, connection, named, signal, tellsPast: false, tellsOutput: false };
      return answerWith(await showLive(live), io);
    }
    const nowMs = Date.now();
    const { workerOrigin } = connection.settings;
    const [loop, activity] = await Promise.all([
      getLoop(named, nowMs),
      createActivityReader(connection.api, workerOrigin).read(named.loopId),
    ]);
    return answerWith({ loop, activity, nowMs }, io);
  },
);

function answerWith(seen: SeenLoop, { paint, columnsMax }: Io): Answer {
  const failure = loopFailure(seen.loop);
  return {
    result: loopReport(seen),
    text: renderLoop(seen, { paint, columnsMax }),
    nextActions: loopActions(seen),
    ...(failure === null ? {} : { failure, isFailureInText: true }),
  };
}
