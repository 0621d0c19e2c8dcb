import { type CommonFlags, createAction } from "../action.ts";
import { openDaemonWorld } from "../daemon/daemon-world.ts";
import { LOGS_ACTION, STATUS_ACTION } from "../daemon/next-actions.ts";
import { renderDaemon } from "../daemon/render-daemon.ts";
import { restartDaemon } from "../daemon/restart-daemon.ts";

export const daemonRestart = createAction<CommonFlags>(
  "daemon restart",
  async ({ io, context }) => {
    const world = openDaemonWorld(context.env, context.listenForStop());
    const restarted = await restartDaemon(world, (text) => io.status(`${text} …`));
    return {
      result: restarted,
      text: `The daemon was restarted.\n\n${renderDaemon(restarted.daemon, io.paint, Date.now())}`,
      nextActions: [STATUS_ACTION, LOGS_ACTION],
    };
  },
);
