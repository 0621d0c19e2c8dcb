import { hasEnded, type InngestApi, type Run, type UpdateFeed } from "@system-bus/inngest-api";
import { type Clock, systemClock } from "../clock.ts";
import type { NextAction } from "../output/envelope.ts";
import type { Failure } from "../output/failure.ts";
import { formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
import { describeBrokenRun } from "../run/broken-run.ts";
import { Chain } from "./chain.ts";
import { changeRecord, describeChange } from "./describe-change.ts";
import { type FollowChange, followChain } from "./follow-chain.ts";
import { createProgramFeed, loadPrograms } from "./program-feed.ts";

export interface FollowEventsOptions {
  readonly api: InngestApi;
  readonly updates: UpdateFeed;
  readonly io: Io;
  readonly eventIds: readonly string[];
  readonly workerOrigin: string;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /**
   * `chain`: all that follows from the events, each step told as it happens. `runs`: only the runs that the
   * events start, without a word until they have ended.
   */
  readonly reach: "chain" | "runs";
  /** No limit when absent. */
  readonly timeoutMs?: number | undefined;
}

export interface FollowedRun {
  readonly runId: string;
  readonly functionId: string;
  readonly status: Run["status"];
  readonly durationMs: number | undefined;
  readonly output: unknown;
}

export interface Followed {
  readonly runs: readonly FollowedRun[];
  readonly text: string;
  readonly nextActions: readonly NextAction[];
  readonly failure?: Failure;
}

/** Follows what some events set off, and says at the end what it came to. */
export async function followEvents(options: FollowEventsOptions): Promise<Followed> {
  const { api, updates, io, signal, reach, timeoutMs, clock = systemClock } = options;
  const startedAtMs = clock.nowMs();
  const chain = new Chain(options.eventIds, startedAtMs, { hasSentEvents: reach === "chain" });
  const outputs = new Map<string, unknown>();
  const nameRun = (runId: string) =>
    chain.runs.find((run) => run.id === runId)?.function.id ?? runId;
  const tell = (change: FollowChange) => {
    if (change.type === "run-ended") outputs.set(change.run.id, change.output);
    if (reach === "runs") io.status(describeProgress(chain.runs));
    else io.emit(changeRecord(change, nameRun), describeChange(change, io.paint, nameRun));
  };
  const tellProgress =
    reach === "runs"
      ? async () => {}
      : createProgramFeed({
          clock,
          load: () => loadPrograms(options.workerOrigin),
          tell({ key, runId, stepId, state }, text) {
            io.emit({ type: "program", key, runId, stepId, state, text }, null);
            io.status(`      ${nameRun(runId)} › ${stepId}  ${text}`);
          },
        });
  const deadlineMs = timeoutMs === undefined ? undefined : startedAtMs + timeoutMs;
  const following = { api, updates, chain, clock, signal, tell, deadlineMs };
  await followChain({ ...following, afterLook: tellProgress });
  const runs = chain.runs.map((run) => followedRun(run, outputs.get(run.id)));
  if (chain.hasEnded) return ended(runs, clock.nowMs() - startedAtMs);
  return signal.aborted ? interrupted(runs) : timedOut(runs, timeoutMs ?? 0);
}

function followedRun(run: Run, output: unknown): FollowedRun {
  const { id: runId, function: fn, status, durationMs } = run;
  return { runId, functionId: fn.id, status, durationMs, output };
}

function interrupted(runs: readonly FollowedRun[]): Followed {
  return unfinished(runs, "interrupted", "Stopped following");
}

function timedOut(runs: readonly FollowedRun[], timeoutMs: number): Followed {
  return unfinished(runs, "timed-out", `Not done within ${formatDuration(timeoutMs)}`);
}

function unfinished(
  runs: readonly FollowedRun[],
  code: "interrupted" | "timed-out",
  what: string,
): Followed {
  const goOn = runs.filter((run) => run.status === "RUNNING" || run.status === "QUEUED");
  const [first] = goOn;
  const look = first ? `igs run ${first.runId}` : "igs runs";
  const count = goOn.length === 1 ? "1 run goes on" : `${goOn.length} runs go on`;
  return {
    runs,
    text: "",
    nextActions: [{ command: look, description: "How far it is" }],
    failure: {
      code,
      message: `${what}; ${first ? count : "what was sent is kept"}.`,
      fix: `\`${look}\` shows how far it is.`,
    },
  };
}

function describeProgress(runs: readonly Run[]): string {
  if (runs.length === 0) return "No run has begun yet …";
  const endedCount = runs.filter(({ status }) => hasEnded(status)).length;
  return `${endedCount} of ${runs.length} ${runs.length === 1 ? "run" : "runs"} ended …`;
}

function ended(runs: readonly FollowedRun[], tookMs: number): Followed {
  const broken = runs.find((run) => run.status === "FAILED" || run.status === "CANCELLED");
  const failure = broken ? describeBrokenRun(broken) : null;
  const text = runs.length === 0 ? NOTHING_STARTED : summarize(runs, tookMs);
  if (!broken || !failure) {
    const last = runs.at(-1);
    const look = last ? `igs run ${last.runId}` : "igs functions";
    return { runs, text, nextActions: [{ command: look, description: "Look at it again" }] };
  }
  return {
    runs,
    text,
    nextActions: [
      { command: `igs run ${broken.runId}`, description: "Steps, attempts and errors" },
      { command: `igs rerun ${broken.runId}`, description: "Run it again" },
    ],
    failure,
  };
}

const NOTHING_STARTED =
  "No run was started: nothing listens for the event, its condition didn't hold, an event with this id was sent before, or a function holds it for others to come (debounce, batchEvents).";

function summarize(runs: readonly FollowedRun[], tookMs: number): string {
  const completedCount = runs.filter((run) => run.status === "COMPLETED").length;
  const count = runs.length === 1 ? "1 run" : `${runs.length} runs`;
  return `${count}, ${completedCount} completed, ${formatDuration(tookMs)}`;
}
