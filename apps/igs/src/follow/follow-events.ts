import { type InngestApi, type Run, readSpanError, type UpdateFeed } from "@system-bus/inngest-api";
import { type Clock, systemClock } from "../clock.ts";
import type { NextAction } from "../output/envelope.ts";
import type { Failure } from "../output/failure.ts";
import { formatDuration } from "../output/format-time.ts";
import type { Io } from "../output/io.ts";
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
}

interface FollowedRun {
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

/** Shows live what some events set off, and says at the end what it came to. */
export async function followEvents(options: FollowEventsOptions): Promise<Followed> {
  const { api, updates, io, signal, clock = systemClock } = options;
  const startedAtMs = clock.nowMs();
  const chain = new Chain(options.eventIds, startedAtMs);
  const outputs = new Map<string, unknown>();
  const nameRun = (runId: string) =>
    chain.runs.find((run) => run.id === runId)?.function.id ?? runId;
  const tell = (change: FollowChange) => {
    if (change.type === "run-ended") outputs.set(change.run.id, change.output);
    io.emit(changeRecord(change, nameRun), describeChange(change, io.paint, nameRun));
  };
  const tellProgress = createProgramFeed({
    clock,
    load: () => loadPrograms(options.workerOrigin),
    tell({ key, runId, stepId, state }, text) {
      io.emit({ type: "program", key, runId, stepId, state, text }, null);
      io.status(`      ${nameRun(runId)} › ${stepId}  ${text}`);
    },
  });
  await followChain({ api, updates, chain, clock, signal, tell, afterLook: tellProgress });
  const runs = chain.runs.map((run) => followedRun(run, outputs.get(run.id)));
  if (!chain.hasEnded) return interrupted(runs);
  return ended(runs, clock.nowMs() - startedAtMs);
}

function followedRun(run: Run, output: unknown): FollowedRun {
  const { id: runId, function: fn, status, durationMs } = run;
  return { runId, functionId: fn.id, status, durationMs, output };
}

function interrupted(runs: readonly FollowedRun[]): Followed {
  const goOn = runs.filter((run) => run.status === "RUNNING" || run.status === "QUEUED");
  const [first] = goOn;
  const look = first ? `igs run ${first.runId}` : "igs runs";
  const count = goOn.length === 1 ? "1 run goes on" : `${goOn.length} runs go on`;
  return {
    runs,
    text: "",
    nextActions: [{ command: look, description: "How far it is" }],
    failure: {
      code: "interrupted",
      message: `Stopped following; ${first ? count : "what was sent is kept"}.`,
      fix: `\`${look}\` shows how far it is.`,
    },
  };
}

function ended(runs: readonly FollowedRun[], tookMs: number): Followed {
  const broken = runs.find((run) => run.status === "FAILED" || run.status === "CANCELLED");
  const text = runs.length === 0 ? NOTHING_STARTED : summarize(runs, tookMs);
  if (!broken) {
    const last = runs.at(-1);
    const look = last ? `igs run ${last.runId}` : "igs functions";
    return { runs, text, nextActions: [{ command: look, description: "Look at it again" }] };
  }
  const error = readSpanError(broken);
  const reason = error ? `: ${error.name}: ${error.message}` : "";
  return {
    runs,
    text,
    nextActions: [
      { command: `igs run ${broken.runId}`, description: "Steps, attempts and errors" },
      { command: `igs rerun ${broken.runId}`, description: "Run it again" },
    ],
    failure: {
      code: "run-failed",
      message: `${broken.functionId} ${broken.status.toLowerCase()}${reason}`,
      fix: `\`igs run ${broken.runId}\` shows each attempt; \`igs rerun ${broken.runId}\` runs it again.`,
    },
  };
}

const NOTHING_STARTED =
  "No run was started: nothing listens for the event, its condition didn't hold, an event with this id was sent before, or a function holds it for others to come (debounce, batchEvents).";

function summarize(runs: readonly FollowedRun[], tookMs: number): string {
  const completedCount = runs.filter((run) => run.status === "COMPLETED").length;
  const count = runs.length === 1 ? "1 run" : `${runs.length} runs`;
  return `${count}, ${completedCount} completed, ${formatDuration(tookMs)}`;
}
