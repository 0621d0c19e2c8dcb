// Looks at the engine again and again until a chain has ended, and tells each change as it comes.
//
// Invariants:
//   F1. One look at a time; after a look that brought nothing the gap grows up to `gapMaxMs`.
//   F2. An engine that doesn't answer is waited for, `outageMaxMs` at most: it may be restarting.
//   F3. A run or event that the engine knew and knows no more ends the following: its state is gone.
//   F4. While the engine tells what changes, a look follows each change, and the gap is `gapMaxMs`.
//   F5. It ends at the deadline, whatever goes on.

import {
  type AppFunction,
  type EngineUpdate,
  type InngestApi,
  InngestApiError,
  isStartedBy,
  type UpdateFeed,
  updateTopics,
} from "@system-bus/inngest-api";
import type { Clock } from "../clock.ts";
import { CliError } from "../output/failure.ts";
import type { Chain } from "./chain.ts";
import type { ChainChange } from "./chain-change.ts";
import { News } from "./news.ts";
import { createOutage } from "./outage.ts";

export type FollowChange =
  | ChainChange
  | { readonly type: "engine-lost"; readonly message: string }
  | { readonly type: "engine-back" };

export interface FollowOptions {
  readonly api: InngestApi;
  readonly updates: UpdateFeed;
  readonly chain: Chain;
  readonly clock: Clock;
  /** Aborted by the person's Ctrl-C: the following ends, the runs go on. */
  readonly signal: AbortSignal;
  readonly tell: (change: FollowChange) => void;
  /** By the clock; no deadline when absent. */
  readonly deadlineMs?: number | undefined;
  /** Called after each look; shows what the programs of open runs print. */
  readonly afterLook: (openRunIds: readonly string[]) => Promise<void>;
}

const GAP_FIRST_MS = 100;
const GAP_GROWTH = 1.3;
const GAP_MAX_MS = 1_000;

/** Returns when the chain has ended, at the deadline, or when the signal was aborted; the chain says whether it has ended. */
export async function followChain(options: FollowOptions): Promise<void> {
  const { chain, updates } = options;
  const news = new News(updates, {
    topics: [...updateTopics.ofAllRuns, ...updateTopics.ofAllSteps],
    concerns: (update) => concernsChain(chain, update),
  });
  try {
    await lookUntilEnd(options, news);
  } finally {
    news.stop();
  }
}

async function lookUntilEnd(options: FollowOptions, news: News): Promise<void> {
  const { chain, clock, signal, deadlineMs = Number.POSITIVE_INFINITY } = options;
  const countListeners = createListenerCounter(options.api, signal);
  const outage = createOutage(clock, {
    onLost: (message) => options.tell({ type: "engine-lost", message }),
    onBack: () => options.tell({ type: "engine-back" }),
  });
  let gapMs = GAP_FIRST_MS;
  while (!signal.aborted) {
    news.clear();
    try {
      let changeCount = 0;
      await look(options, countListeners, (changes) => {
        outage.end();
        for (const change of changes) options.tell(change);
        changeCount += changes.length;
      });
      outage.end();
      if (chain.hasEnded) return;
      gapMs = changeCount > 0 ? GAP_FIRST_MS : Math.min(gapMs * GAP_GROWTH, GAP_MAX_MS);
    } catch (error) {
      if (signal.aborted) return;
      outage.begin(error);
      gapMs = GAP_MAX_MS;
    }
    await options.afterLook(chain.openRunIds);
    const leftMs = deadlineMs - clock.nowMs();
    if (leftMs <= 0) return;
    await news.wait(Math.min(news.isTold ? GAP_MAX_MS : gapMs, leftMs), clock, signal);
  }
}

/** Tells changes one by one: what was told stays told when the engine dies in the middle. */
async function look(
  { api, chain, clock, signal }: FollowOptions,
  countListeners: (eventName: string) => Promise<number | null>,
  tell: (changes: readonly ChainChange[]) => void,
): Promise<void> {
  for (const eventId of chain.namelessEventIds) {
    const event = await orNull(api.getEvent(eventId, { signal }));
    if (!event) continue;
    const listenerCount = await countListeners(event.name);
    tell(chain.sawEvent(eventId, event.name, listenerCount));
  }
  for (const eventId of chain.openEventIds) {
    const runs = (await orNull(api.getEventRuns(eventId, { signal }))) ?? [];
    tell(chain.sawRunsOf(eventId, runs, clock.nowMs()));
  }
  for (const runId of chain.openRunIds) {
    const run = await api.getRun(runId, { signal, includeOutput: true }).catch((error) => {
      throw explainLoss(error);
    });
    const root = await orNull(api.getTrace(runId, { signal, includeOutput: true }));
    if (root) tell(chain.sawRun(run, root, clock.nowMs()));
  }
}

/** Whether what the engine tells may have changed the chain. */
export function concernsChain(chain: Chain, update: EngineUpdate): boolean {
  if (update.kind === "event") return false;
  if (chain.openRunIds.includes(update.data.runId)) return true;
  return update.kind === "run" && chain.openEventIds.includes(update.data.eventId);
}

/** A real server shows an event a moment after it took it; until then it is "not found". */
async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof InngestApiError && error.code === "not-found") return null;
    throw error;
  }
}

/** The functions are read once: a chain is shorter than the time between two deployments. */
function createListenerCounter(
  api: InngestApi,
  signal: AbortSignal,
): (eventName: string) => Promise<number | null> {
  let functions: readonly AppFunction[] | undefined;
  return async (eventName) => {
    functions ??= await api.listFunctions({ signal });
    return functions.filter((fn) => isStartedBy(fn, eventName)).length;
  };
}

function explainLoss(error: unknown): unknown {
  if (!(error instanceof InngestApiError) || error.code !== "not-found") return error;
  return new CliError(
    {
      code: "not-found",
      message: "The engine no longer knows this run: it was restarted without its state.",
      fix: "Send the event again. `igs start` keeps its state; `igs dev` keeps it in memory only.",
    },
    { cause: error },
  );
}
