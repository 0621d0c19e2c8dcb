import { type CommonFlags, createAction } from "../action.ts";
import { openDaemonWorld } from "../daemon/daemon-world.ts";
import { INSTALL_ACTION } from "../daemon/next-actions.ts";
import { uninstallDaemon } from "../daemon/uninstall-daemon.ts";

export const daemonUninstall = createAction<CommonFlags>(
  "daemon uninstall",
  async ({ io, context }) => {
    const world = openDaemonWorld(context.env, context.listenForStop());
    io.status("Stopping; steps in hand may finish …");
    const removed = await uninstallDaemon(world);
    return {
      result: { removed },
      text:
        removed.kind === "none"
          ? "Nothing to do: no daemon is installed."
          : `The daemon was stopped and ${removed.unitPath ?? removed.name} removed. Settings, data, logs and running programs are as they were.`,
      nextActions: [INSTALL_ACTION],
    };
  },
);
