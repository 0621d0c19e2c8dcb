import { resolve } from "node:path";
import { createAction } from "../action.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type Connection, type ConnectionFlags, connect } from "../connect.ts";
import type { CliContext } from "../context.ts";
import { findFunction } from "../find-function.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import { formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { describeBrokenRun } from "../run/broken-run.ts";
import { RunTreeLoader } from "../run/run-tree.ts";
import { watchRun } from "../run/watch-run.ts";
import { readEventData } from "../send/event-input.ts";
import { renderResults } from "../send/render-runs.ts";

export interface InvokeFlags extends ConnectionFlags {
  readonly data?: string;
  readonly id?: string;
  readonly app?: string;
  readonly wait?: boolean;
  readonly timeout?: number;
}

export const invoke = createAction<InvokeFlags, [string]>(
  "invoke",
  async ({ io, context }, flags, functionId) => {
    if (flags.timeout !== undefined && !flags.wait) {
      throw new CliError({
        code: "usage",
        message: "--timeout is for --wait.",
        fix: "Add --wait, or leave it out.",
      });
    }
    const data = await readEventData(flags.data === undefined ? {} : { data: flags.data }, {
      readStdin: context.readStdin,
      readFile: (path) => Bun.file(resolve(context.cwd, path)).text(),
    });
    const connection = connect(context, flags);
    const { api } = connection;
    const fn = await findFunction(api, { functionId, appId: flags.app });
    const key = flags.id === undefined ? {} : { idempotencyKey: flags.id };
    const runId = await api.invoke({ appId: fn.app.id, functionId: fn.id, data, ...key });
    if (flags.wait) return waitForRun({ io, context, connection }, runId, flags.timeout);
    return {
      result: { runId, functionId: fn.id },
      text: `${fn.id} runs  ${io.paint.faint(`run ${runId}`)}`,
      nextActions: [{ command: `igs run ${runId} --watch`, description: "Watch it live" }],
    };
  },
);

interface WaitScene {
  readonly io: Io;
  readonly context: CliContext;
  readonly connection: Connection;
  readonly clock?: Clock;
}

async function waitForRun(
  { io, context, connection, clock = systemClock }: WaitScene,
  runId: string,
  timeoutMs: number | undefined,
): Promise<Answer> {
  const { api, updates } = connection;
  const stopped = context.listenForStop();
  const loader = new RunTreeLoader(api);
  const deadlineMs = timeoutMs === undefined ? undefined : clock.nowMs() + timeoutMs;
  const { seen, hasEnded } = await watchRun({
    ...{ updates, clock, signal: stopped, deadlineMs },
    load: () => loader.load(runId),
    onLook: ({ run }) => io.status(`${run.function.id} ${run.status.toLowerCase()} …`),
    onLost: (message) => io.status(`${message} Waiting for it.`),
    onBack: () => io.status("The engine answers again."),
  });
  if (!seen || !hasEnded) return unfinished(runId, stopped.aborted ? undefined : timeoutMs);
  const { function: fn, status, durationMs, output } = seen.run;
  const ended = { runId, functionId: fn.id, status, durationMs, output };
  const failure = describeBrokenRun(ended);
  return {
    result: ended,
    text: renderResults([ended], io.paint),
    nextActions: [{ command: `igs run ${runId}`, description: "Steps, attempts and errors" }],
    ...(failure ? { failure } : {}),
  };
}

function unfinished(runId: string, timeoutMs: number | undefined): Answer {
  const what =
    timeoutMs === undefined ? "Stopped waiting" : `Not done within ${formatDuration(timeoutMs)}`;
  return {
    result: { runId },
    text: "",
    nextActions: [{ command: `igs run ${runId} --watch`, description: "Watch it live" }],
    failure: {
      code: timeoutMs === undefined ? "interrupted" : "timed-out",
      message: `${what}; the run goes on.`,
      fix: `\`igs run ${runId}\` shows how far it is.`,
    },
  };
}
