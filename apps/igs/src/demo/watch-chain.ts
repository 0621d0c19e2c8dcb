import type { InngestApi, Run, UpdateFeed } from "@system-bus/inngest-api";
import { type Clock, systemClock } from "../clock.ts";
import { Chain } from "../follow/chain.ts";
import { changeRecord, describeChange } from "../follow/describe-change.ts";
import { type FollowChange, followChain } from "../follow/follow-chain.ts";
import { createProgramFeed, loadPrograms, type ProgramSeen } from "../follow/program-feed.ts";
import type { Io } from "../output/io.ts";

export interface WatchOptions {
  readonly api: InngestApi;
  readonly updates: UpdateFeed;
  readonly io: Io;
  readonly isTerminal: boolean;
  readonly eventIds: readonly string[];
  readonly workerOrigin: string;
  readonly signal: AbortSignal;
  /** Called between two looks with the programs that were seen at work since the last call. */
  readonly betweenLooks: (programs: readonly ProgramSeen[]) => Promise<void>;
  readonly clock?: Clock;
}

export interface Watched {
  readonly runs: readonly Run[];
  readonly hasEnded: boolean;
}

/** A pipe has no line to overwrite, so progress comes seldom there. */
const PIPE_PROGRESS_GAP_MS = 5_000;

/** Shows live what the events set off, and waits for its end. */
export async function watchChain(options: WatchOptions): Promise<Watched> {
  const { api, updates, io, signal, clock = systemClock } = options;
  const chain = new Chain(options.eventIds, clock.nowMs());
  const nameRun = (runId: string) =>
    chain.runs.find((run) => run.id === runId)?.function.id ?? runId;
  const tell = (change: FollowChange) => {
    io.emit(changeRecord(change, nameRun), describeChange(change, io.paint, nameRun));
  };

  let seen: ProgramSeen[] = [];
  const showProgress = createProgressLine(options, clock);
  const tellProgress = createProgramFeed({
    clock,
    load: () => loadPrograms(options.workerOrigin),
    tell(program, text) {
      seen.push(program);
      showProgress(`      ${nameRun(program.runId)} › ${program.stepId}  ${text}`);
    },
  });
  const afterLook = async (openRunIds: readonly string[]) => {
    await tellProgress(openRunIds);
    const programs = seen;
    seen = [];
    await options.betweenLooks(programs);
  };
  await followChain({ api, updates, chain, clock, signal, tell, afterLook });
  return { runs: chain.runs, hasEnded: chain.hasEnded };
}

function createProgressLine(
  { io, isTerminal }: WatchOptions,
  clock: Clock,
): (text: string) => void {
  if (isTerminal) return (text) => io.status(text);
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (clock.nowMs() - shownAtMs < PIPE_PROGRESS_GAP_MS) return;
    shownAtMs = clock.nowMs();
    io.emit({ type: "progress" }, text);
  };
}
