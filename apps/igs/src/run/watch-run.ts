// Looks at a run again and again until it has ended.
//
//   W1. One look at a time, one after each change that the engine tells, and else every `GAP_MS`.
//   W2. It ends with the run, at the deadline, or when the person stops.
//   W3. An engine that doesn't answer is waited for (outage.ts).

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
  /** By the clock; no deadline when absent. */
  readonly deadlineMs?: number | undefined;
}

export interface WatchedRun {
  /** As it was seen last; null when it was never seen. */
  readonly seen: RunNode | null;
  readonly hasEnded: boolean;
}

const GAP_MS = 1_000;

export async function watchRun(options: WatchRunOptions): Promise<WatchedRun> {
  const { clock, signal, updates, deadlineMs = Number.POSITIVE_INFINITY } = options;
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
        if (isOver(node)) return { seen: node, hasEnded: true };
      } catch (error) {
        outage.begin(error);
      }
      const leftMs = deadlineMs - clock.nowMs();
      if (leftMs <= 0) break;
      await news.wait(Math.min(GAP_MS, leftMs), clock, signal);
    }
    return { seen: node, hasEnded: false };
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
