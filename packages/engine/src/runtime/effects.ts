import type { RunStatus } from "../core/run.ts";
import type { RunUpdate } from "../core/run-update.ts";
import type { ScheduledItem, Scheduler } from "./queue/scheduler.ts";
import type { RunFeed } from "./realtime/run-feed.ts";

export interface EndedRunNotice {
  readonly runId: string;
  readonly status: RunStatus;
  readonly endedAtMs: number;
}

/** Who is told what is on disk. */
export interface EffectTargets {
  readonly scheduler: () => Scheduler;
  /** Called once for each run that ended, after its end was stored. Must not throw. */
  readonly onRunEnded: (notice: EndedRunNotice) => void;
  readonly feed: RunFeed;
}

/**
 * What a transaction means for the scheduler. Collected while it is written, carried out once it is on
 * disk and in the order of the transactions (G4 of the group commit): memory follows the tables.
 */
export class Effects {
  /** Null: the item is gone. The last word on an item counts. */
  readonly #items = new Map<string, ScheduledItem | null>();
  readonly #endedRuns: EndedRunNotice[] = [];
  readonly #updates: RunUpdate[] = [];

  put(item: ScheduledItem): void {
    this.#items.set(item.id, item);
  }

  remove(itemId: string): void {
    this.#items.set(itemId, null);
  }

  endRun(notice: EndedRunNotice): void {
    this.#endedRuns.push(notice);
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
    for (const notice of this.#endedRuns) targets.onRunEnded(notice);
    for (const update of this.#updates) targets.feed.tell(update);
  }
}
