// Pausing functions, and resuming them. Inngest's documentation, "Pause and resume functions".
//
// Invariants:
//   U1. A paused function starts no runs: what would have started one is stored, and recorded as SKIPPED.
//   U2. Where its runs are held, none of them is called before the function is resumed; a call on its way
//       goes on. Their timers and waits go on, too, and what they bring about is held.
//   U3. Both survive restarts and syncs, and last until somebody resumes the function.

import type { RunSelection } from "../../core/bulk-cancellation.ts";
import { EngineError } from "../../core/errors.ts";
import type { BulkCanceller } from "../bulk-canceller.ts";
import type { Clock } from "../clock.ts";
import type { RunsOfPaused } from "../commands.ts";
import type { Scheduler } from "../queue/scheduler.ts";
import type { Store } from "../store.ts";
import type { Registry } from "./registry.ts";

export interface FunctionPausesDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly scheduler: () => Scheduler;
  readonly canceller: BulkCanceller;
  /** Takes apps and functions from the tables again. */
  readonly reload: () => void;
}

export class FunctionPauses {
  readonly #deps: FunctionPausesDeps;

  constructor(deps: FunctionPausesDeps) {
    this.#deps = deps;
  }

  /** Of a function that is paused already only what becomes of its runs is changed. */
  async pause(functionId: string, runs: RunsOfPaused): Promise<void> {
    const { store, clock, canceller } = this.#deps;
    const selection = this.#selectRuns(functionId);
    const write = (): void => {
      const pause = { atMs: clock.nowMs(), holdsRuns: runs === "hold" };
      store.apps.pauseFunction(functionId, pause);
      if (runs === "cancel") canceller.add(selection);
    };
    await store.write(write, () => {
      this.#follow(functionId);
      canceller.start();
    });
  }

  /** Does nothing to a function that is not paused. */
  async resume(functionId: string): Promise<void> {
    const { store } = this.#deps;
    this.#selectRuns(functionId);
    const write = (): void => store.apps.resumeFunction(functionId);
    await store.write(write, () => this.#follow(functionId));
  }

  /** What was held is due at its own time again, and is held again where it has to be. */
  #follow(functionId: string): void {
    const { store, scheduler, reload } = this.#deps;
    reload();
    for (const { id, dueAtMs } of store.queue.loadOfFunction(functionId)) {
      scheduler().recall(id, dueAtMs);
    }
    scheduler().tick();
  }

  #selectRuns(functionId: string): RunSelection {
    const { registry } = this.#deps;
    const fn = registry.findFunction(functionId);
    const app = fn && registry.findApp(fn.appId);
    if (!fn || !app) throw new EngineError("NOT_FOUND", `There is no function ${functionId}.`);
    return {
      appName: app.name,
      functionSlug: fn.config.slug,
      functionIds: [functionId],
      startedAfterMs: null,
      startedBeforeMs: Number.MAX_SAFE_INTEGER,
      expression: null,
    };
  }
}
