import type { RunStatus, StepStatus } from "../core/run.ts";
import type { RunUpdate } from "../core/run-update.ts";
import type { Registry } from "./apps/registry.ts";
import type { EngineMetrics, LimitHit } from "./metrics/engine-metrics.ts";
import type { ScheduledItem, Scheduler } from "./queue/scheduler.ts";
import type { RunFeed } from "./realtime/run-feed.ts";

export interface EndedRunNotice {
  readonly runId: string;
  readonly status: RunStatus;
  readonly endedAtMs: number;
}

interface EndedRun extends EndedRunNotice {
  readonly functionId: string;
}

/** Who is told what is on disk. */
export interface EffectTargets {
  readonly scheduler: () => Scheduler;
  /** Called once for each run that ended, after its end was stored. Must not throw. */
  readonly onRunEnded: (notice: EndedRunNotice) => void;
  readonly feed: RunFeed;
  readonly metrics: EngineMetrics;
  readonly registry: Registry;
}

/**
 * What a transaction means for the scheduler. Collected while it is written, carried out once it is on
 * disk and in the order of the transactions (G4 of the group commit): memory follows the tables.
 */
export class Effects {
  /** Null: the item is gone. The last word on an item counts. */
  readonly #items = new Map<string, ScheduledItem | null>();
  readonly #endedRuns: EndedRun[] = [];
  readonly #updates: RunUpdate[] = [];
  #receivedEventCount = 0;
  readonly #startedFunctionIds: string[] = [];
  readonly #endedSteps: StepStatus[] = [];
  readonly #limitsHit: LimitHit[] = [];

  put(item: ScheduledItem): void {
    this.#items.set(item.id, item);
  }

  remove(itemId: string): void {
    this.#items.set(itemId, null);
  }

  receiveEvents(count: number): void {
    this.#receivedEventCount += count;
  }

  startRun(functionId: string): void {
    this.#startedFunctionIds.push(functionId);
  }

  endRun(run: EndedRun): void {
    this.#endedRuns.push(run);
  }

  endStep(status: StepStatus): void {
    this.#endedSteps.push(status);
  }

  hitLimit(limit: LimitHit): void {
    this.#limitsHit.push(limit);
  }

  /** For those who listen; nothing is told where nobody does. */
  tell(...updates: readonly RunUpdate[]): void {
    this.#updates.push(...updates);
  }

  /** Carries out all of it; an item in hand, when one is named, is given back or finished with it. */
  applyTo(targets: EffectTargets, inHandItemId?: string): void {
    const scheduler = targets.scheduler();
    for (const [itemId, item] of this.#items) {
      if (item) scheduler.put(item);
      else scheduler.remove(itemId);
    }
    if (inHandItemId !== undefined) {
      if (this.#items.get(inHandItemId)) scheduler.putBack(inHandItemId);
      else scheduler.finish(inHandItemId);
    }
    scheduler.tick();
    this.#count(targets);
    for (const { runId, status, endedAtMs } of this.#endedRuns) {
      targets.onRunEnded({ runId, status, endedAtMs });
    }
    for (const update of this.#updates) targets.feed.tell(update);
  }

  #count({ metrics, registry }: EffectTargets): void {
    const slugOf = (functionId: string) =>
      registry.findFunction(functionId)?.config.slug ?? "unknown";
    metrics.countEvents(this.#receivedEventCount);
    for (const functionId of this.#startedFunctionIds) metrics.countRunStart(slugOf(functionId));
    for (const { functionId, status } of this.#endedRuns) {
      metrics.countRunEnd(slugOf(functionId), status);
    }
    for (const status of this.#endedSteps) metrics.countStepEnd(status);
    for (const limit of this.#limitsHit) metrics.countLimit(limit);
  }
}
