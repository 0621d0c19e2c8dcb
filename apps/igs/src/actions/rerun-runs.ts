import type { InngestApi, Run } from "@system-bus/inngest-api";
import type { CliContext } from "../context.ts";
import { confirm } from "../output/confirm.ts";
import { describeFailure } from "../output/describe-failure.ts";
import type { Answer } from "../output/envelope.ts";
import { CliError, type Failure } from "../output/failure.ts";
import type { Io } from "../output/io.ts";
import { loadRuns } from "../runs/load-runs.ts";
import { describeFilter, type RunFilter } from "../runs/run-filter.ts";

export interface RerunScene {
  readonly io: Io;
  readonly context: CliContext;
  readonly api: InngestApi;
}

/** A person who means more than these narrows by time and goes on with the rest. */
const RERUN_MAX = 1_000;
const FAILURES_SHOWN_MAX = 10;

/** Counts the runs, asks a person unless `isSure`, and runs them again, oldest first. */
export async function rerunRuns(
  { io, context, api }: RerunScene,
  given: RunFilter,
  isSure: boolean,
): Promise<Answer> {
  const filter = withStatus(given);
  const onProgress = (count: number) => io.status(`${count} runs …`);
  const { runs } = await loadRuns(api, filter, { limit: RERUN_MAX + 1, onProgress });
  const what = describeRuns(runs.length, filter);
  if (runs.length === 0) {
    return {
      result: { reruns: [], refused: [] },
      text: `There are ${what}: nothing to run again.`,
    };
  }
  if (runs.length > RERUN_MAX) throw tooMany(what);
  if (!isSure && !(await confirm({ io, context }, { deed: `run ${what} again`, done: "run" }))) {
    return { result: { reruns: [], refused: [] }, text: "Nothing was run again." };
  }
  const signal = context.listenForStop();
  const done = await rerunAll({ io, api, signal }, runs.toReversed());
  return answer(done, runs.length, signal.aborted);
}

/** Those that failed, where nobody says otherwise: what went well is not done twice by mistake. */
function withStatus(filter: RunFilter): RunFilter {
  const given = Object.values(filter).some((value) => value !== undefined);
  if (!given) {
    throw new CliError({
      code: "usage",
      message: "Which runs are to be run again?",
      fix: "Give a run's id, or say which runs: --function <id>, --status failed, --since 2h.",
    });
  }
  const { status = [] } = filter;
  const living = status.find((one) => one === "QUEUED" || one === "RUNNING");
  if (living !== undefined) {
    throw new CliError({
      code: "usage",
      message: `Runs that are ${living.toLowerCase()} are not run again.`,
      fix: "Choose runs that have ended: completed, failed, cancelled or skipped.",
    });
  }
  return { ...filter, status: status.length === 0 ? ["FAILED"] : status };
}

interface Done {
  readonly reruns: readonly { readonly runId: string; readonly rerunOf: string }[];
  readonly refused: readonly { readonly rerunOf: string; readonly reason: Failure }[];
}

/** An engine that can't be reached ends it; a run that it refuses to repeat doesn't. */
async function rerunAll(
  { io, api, signal }: Pick<RerunScene, "io" | "api"> & { readonly signal: AbortSignal },
  runs: readonly Run[],
): Promise<Done> {
  const reruns: Done["reruns"][number][] = [];
  const refused: Done["refused"][number][] = [];
  for (const { id: rerunOf } of runs) {
    if (signal.aborted) break;
    io.status(`${reruns.length} of ${runs.length} run again …`);
    try {
      reruns.push({ runId: await api.rerun(rerunOf), rerunOf });
    } catch (error) {
      const reason = describeFailure(error);
      refused.push({ rerunOf, reason });
      if (reason.code === "unreachable" || reason.code === "unauthorized") break;
    }
  }
  return { reruns, refused };
}

function answer({ reruns, refused }: Done, totalCount: number, isStopped: boolean): Answer {
  const result = { reruns, refused };
  const text = `${countRuns(reruns.length)} ${reruns.length === 1 ? "runs" : "run"} again.`;
  const nextActions = [{ command: "igs runs --since 5m", description: "How far they are" }];
  const leftCount = totalCount - reruns.length;
  if (leftCount === 0) return { result, text, nextActions };
  const [first] = refused;
  if (isStopped || !first) {
    const message = `Stopped: ${countRuns(leftCount)} not run again.`;
    const fix = "Give the command again with --until, before the first that was run.";
    return { result, text, nextActions, failure: { code: "interrupted", message, fix } };
  }
  const reasons = refused
    .slice(0, FAILURES_SHOWN_MAX)
    .map(({ rerunOf, reason }) => `${rerunOf}: ${reason.message}`);
  const message = `${countRuns(leftCount)} could not be run again.\n${reasons.join("\n")}`;
  return { result, text, nextActions, failure: { ...first.reason, message } };
}

function describeRuns(count: number, filter: RunFilter): string {
  const number = count > RERUN_MAX ? `more than ${RERUN_MAX}` : count === 0 ? "no" : `${count}`;
  return `${number} ${describeFilter(filter, count === 1 ? "run" : "runs")}`;
}

function countRuns(count: number): string {
  return count === 1 ? "1 run" : `${count} runs`;
}

function tooMany(what: string): CliError {
  return new CliError({
    code: "usage",
    message: `There are ${what}: nothing was run again.`,
    fix: "Choose fewer with --since, --until, --function or --status.",
  });
}
