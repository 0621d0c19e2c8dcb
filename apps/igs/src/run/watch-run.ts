// Looks at a run again and again until it has ended.
//
//   W1. One look at a time, one after each change that the engine tells, and else every `GAP_MS`.
//   W2. An engine that doesn't answer is waited for (outage.ts).

import { hasEnded, type UpdateFeed, updateTopics } from "@system-bus/inngest-api";
import type { Clock } from "../clock.ts";
import { News } from "../follow/news.ts";
import { createOutage, type OutageEars } from "../follow/outage.ts";
import type { RunNode } from "./run-tree.ts";

export interface WatchRunOptions extends OutageEars {
  readonly load: () => Promise<RunNode>;
  readonly updates: UpdateFeed;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onLook: (node: RunNode) => void;
}

const GAP_MS = 1_000;

/** Returns the run as it was seen last; null when the person stopped before it was seen at all. */
export async function watchRun(options: WatchRunOptions): Promise<RunNode | null> {
  const { clock, signal, updates } = options;
  let node: RunNode | null = null;
  const news = new News(updates, {
    topics: [...updateTopics.ofAllRuns, ...updateTopics.ofAllSteps],
    concerns: (update) => update.kind !== "event" && isIn(node, update.data.runId),
  });
  const outage = createOutage(clock, options);
  try {
    while (!signal.aborted) {
      news.clear();
      try {
        node = await options.load();
        outage.end();
        options.onLook(node);
        if (isOver(node)) return node;
      } catch (error) {
        outage.begin(error);
      }
      await news.wait(GAP_MS, clock, signal);
    }
    return node;
  } finally {
    news.stop();
  }
}

function isIn(node: RunNode | null, runId: string): boolean {
  if (node === null) return false;
  return node.run.id === runId || node.steps.some(({ invoked = null }) => isIn(invoked, runId));
}

/** A server may write a trace later than the run's own end. */
function isOver({ run, steps }: RunNode): boolean {
  return hasEnded(run.status) && steps.every(({ status }) => hasEnded(status));
}
