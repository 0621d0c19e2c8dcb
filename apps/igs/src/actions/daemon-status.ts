import { type CommonFlags, createAction } from "../action.ts";
import { findDaemon } from "../daemon/find-daemon.ts";
import { judgeDaemon } from "../daemon/judge-daemon.ts";
import { INSTALL_ACTION, LOGS_ACTION } from "../daemon/next-actions.ts";
import { renderDaemon } from "../daemon/render-daemon.ts";

export const daemonStatus = createAction<CommonFlags>("daemon status", async ({ io, context }) => {
  const daemon = await findDaemon(context.env);
  const nowMs = Date.now();
  const failure = judgeDaemon(daemon, nowMs);
  const next = daemon.kind === "none" ? INSTALL_ACTION : LOGS_ACTION;
  const lines = [
    renderDaemon(daemon, io.paint, nowMs),
    ...(failure ? [] : [`next      ${next.command}`]),
  ];
  return {
    result: daemon,
    text: lines.join("\n"),
    nextActions: [next],
    ...(failure ? { failure } : {}),
  };
});
