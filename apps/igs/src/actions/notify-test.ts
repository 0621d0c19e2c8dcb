import { type InngestApi, isStartedBy } from "@system-bus/inngest-api";
import { createAction } from "../action.ts";
import { systemClock } from "../clock.ts";
import { type ConnectionFlags, connect } from "../connect.ts";
import { type Told, waitForTold } from "../notify/wait-for-told.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError, type Failure } from "../output/failure.ts";
import type { Paint } from "../output/paint.ts";

export const notifyTest = createAction<ConnectionFlags>(
  "notify test",
  async ({ io, context }, flags) => {
    const { api } = connect(context, flags);
    const signal = context.listenForStop();
    await assertWorkerIsThere(api, signal);
    const data = { title: "A test of System Bus", text: "You are told here.", isTest: true };
    const [eventId = ""] = await api.sendEvents([{ name: "system/notify", data }], { signal });
    io.status("waiting for the worker …");
    return answerTold(await waitForTold({ api, eventId, clock: systemClock, signal }), io.paint);
  },
);

/** An event that nothing listens for would be waited for in vain. */
async function assertWorkerIsThere(api: InngestApi, signal: AbortSignal): Promise<void> {
  const functions = await api.listFunctions({ signal });
  if (functions.some((fn) => isStartedBy(fn, "system/notify"))) return;
  throw new CliError({
    code: "unreachable",
    message: "No worker has registered notify, so nothing can be sent.",
    fix: "Start one with `igs dev` or `igs start`; `igs status` tells how it is.",
  });
}

/** What a person reads of it, and the failure where one was not reached. Pure. */
export function answerTold(told: readonly Told[], paint: Paint): Answer {
  if (told.length === 0) return { result: { told }, text: "", failure: NO_TARGET };
  const lines = told.map(({ target, isReached, words }) => {
    const mark = isReached ? paint.good("✓") : paint.bad("✗");
    return `${mark} ${target.padEnd(8)} ${words}`;
  });
  const dead = told.filter(({ isReached }) => !isReached);
  const failure: Failure | null =
    dead.length === 0
      ? null
      : {
          code: "unhealthy",
          message: `${dead.length} of ${told.length} targets not reached: ${dead.map(({ target }) => target).join(", ")}.`,
          fix: "Mend the setting that is named; it counts at once. `igs config` shows where each comes from.",
        };
  return {
    result: { told },
    text: lines.join("\n"),
    nextActions: [{ command: "igs config", description: "The settings NOTIFY_… as they are" }],
    ...(failure ? { failure } : {}),
  };
}

const NO_TARGET: Failure = {
  code: "settings",
  message: "No target is set: nobody is told anything.",
  fix: "Set NOTIFY_WEBHOOK_URL, NOTIFY_NTFY_URL, NOTIFY_DESKTOP=1, NOTIFY_COMMAND or NOTIFY_REDIS_URL; it counts at once.",
};
