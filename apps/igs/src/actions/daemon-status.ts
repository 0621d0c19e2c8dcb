import { type CommonFlags, createAction } from "../action.ts";
import { type FoundDaemon, findDaemon } from "../daemon/find-daemon.ts";
import { INSTALL_ACTION, LOGS_ACTION } from "../daemon/next-actions.ts";
import { renderDaemon } from "../daemon/render-daemon.ts";
import type { Failure } from "../output/failure.ts";

export const daemonStatus = createAction<CommonFlags>("daemon status", async ({ io, context }) => {
  const daemon = await findDaemon(context.env);
  const failure = judge(daemon);
  const next = daemon.kind === "none" ? INSTALL_ACTION : LOGS_ACTION;
  return {
    result: daemon,
    text: renderDaemon(daemon, io.paint, Date.now()),
    nextActions: [next],
    ...(failure ? { failure } : {}),
  };
});

function judge({ kind, state, problem, lastExit, pid }: FoundDaemon): Failure | null {
  if (kind === "none") {
    return {
      code: "not-found",
      message: "Nothing keeps the bus running on this machine.",
      fix: "Install a daemon with `igs daemon install`.",
    };
  }
  if (problem !== null) return problem;
  if (state === "running") return null;
  const ended = pid === null && lastExit !== null ? ` It ${lastExit}.` : "";
  return {
    code: "unhealthy",
    message: `The daemon does not run.${ended}`,
    fix:
      state === "waiting"
        ? "`igs daemon logs` tells why it ended."
        : "Start it with `igs daemon restart`; `igs daemon logs` tells why it ended.",
  };
}
