import type { Cancellation, CancelRunsRequest, InngestApi } from "@system-bus/inngest-api";
import { systemClock } from "../clock.ts";
import type { CliContext } from "../context.ts";
import { findFunction } from "../find-function.ts";
import { confirm } from "../output/confirm.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError } from "../output/failure.ts";
import type { Io } from "../output/io.ts";

/** Which runs are to be cancelled, as it was typed. */
export interface CancelFilter {
  readonly function?: string | undefined;
  readonly app?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly if?: string | undefined;
}

export interface CancelScene {
  readonly io: Io;
  readonly context: CliContext;
  readonly api: InngestApi;
}

/** Above this the count says "more than": nobody decides otherwise for 5,000 than for 1,000. */
const COUNTED_MAX = 1_000;
const PAGE_SIZE = 100;
const LOOK_AGAIN_MS = 200;

/** Counts the runs, asks a person unless `isSure`, and waits until they are cancelled. */
export async function cancelRuns(
  { io, context, api }: CancelScene,
  filter: CancelFilter,
  isSure: boolean,
): Promise<Answer> {
  const request = await readRequest(api, filter);
  const count = await countRuns(api, request);
  const what = describeRuns(count, request);
  if (count === 0)
    return { result: { cancelled: 0 }, text: `There are ${what}: nothing to cancel.` };
  const asking = { deed: `cancel ${what}`, done: "cancelled" };
  if (!isSure && !(await confirm({ io, context }, asking))) {
    return { result: { cancelled: 0 }, text: "Nothing was cancelled." };
  }
  const started = await api.cancelRuns(request);
  const done = await waitForEnd({ io, context, api }, started);
  const { cancelledCount = 0 } = done;
  return {
    result: { cancellation: done, cancelled: cancelledCount },
    text: done.hasEnded
      ? `${cancelledCount} ${cancelledCount === 1 ? "run is" : "runs are"} cancelled; programs that they started are stopped.`
      : `Cancellation ${done.id} goes on by itself; ${cancelledCount} runs are cancelled so far.`,
    nextActions: [
      { command: "igs runs --status cancelled", description: "What was cancelled" },
      ...(filter.function
        ? [
            {
              command: `igs functions pause ${filter.function}`,
              description: "Keep the function from starting further runs",
            },
          ]
        : []),
    ],
  };
}

async function readRequest(api: InngestApi, filter: CancelFilter): Promise<CancelRunsRequest> {
  const { since, until, if: condition } = filter;
  const narrowed = {
    ...(since === undefined ? {} : { startedAfter: since }),
    ...(until === undefined ? {} : { startedBefore: until }),
    ...(condition === undefined ? {} : { if: condition }),
  };
  if (filter.function !== undefined) {
    const fn = await findFunction(api, { functionId: filter.function, appId: filter.app });
    return { appId: fn.app.id, functionId: fn.id, ...narrowed };
  }
  if (filter.app !== undefined) return { appId: filter.app, ...narrowed };
  throw new CliError({
    code: "usage",
    message: "Which runs are to be cancelled?",
    fix: "Give a run's id, or say which runs: --function <id>, or --app <id> for all of an app.",
  });
}

/** A condition is the engine's to evaluate: without it these are the most that can be cancelled. */
async function countRuns(api: InngestApi, request: CancelRunsRequest): Promise<number> {
  const { appId, functionId, startedAfter, startedBefore } = request;
  const query = {
    status: ["QUEUED", "RUNNING"] as const,
    appId: [appId],
    limit: PAGE_SIZE,
    ...(functionId === undefined ? {} : { functionId: [functionId] }),
    ...(startedAfter === undefined ? {} : { from: startedAfter }),
    ...(startedBefore === undefined ? {} : { until: startedBefore }),
  };
  const found = await Array.fromAsync(api.eachRun(query, COUNTED_MAX + 1));
  return found.length;
}

function describeRuns(
  count: number,
  { appId, functionId, if: condition }: CancelRunsRequest,
): string {
  const number = count > COUNTED_MAX ? `more than ${COUNTED_MAX}` : count === 0 ? "no" : `${count}`;
  const noun = count === 1 ? "unfinished run" : "unfinished runs";
  const where = functionId === undefined ? `app ${appId}` : functionId;
  return `${number} ${noun} of ${where}${condition === undefined ? "" : `, of which those where ${condition} holds`}`;
}

/** Ctrl-C ends the waiting; the engine goes on. */
async function waitForEnd(
  { io, context, api }: CancelScene,
  started: Cancellation,
): Promise<Cancellation> {
  const stopped = context.listenForStop();
  let now = started;
  while (!now.hasEnded && !stopped.aborted) {
    io.status(`${now.cancelledCount ?? 0} runs are cancelled …`);
    await systemClock.sleepMs(LOOK_AGAIN_MS, stopped);
    now = await api.getCancellation(started.id);
  }
  return now;
}
