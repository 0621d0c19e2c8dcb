// Cancels many runs, a few at a time.
//
// Invariants:
//   B1. A bite cancels its runs in one transaction with the place that the cancellation has come to: after
//       a crash it goes on there.
//   B2. Between two bites everything else has its turn, so that a hundred thousand runs hold up nothing.
//   B3. Only runs that were there when it was asked for are cancelled: it ends.
//   B4. A run whose event the condition can't be evaluated for is spared.

import type { BulkCancellation, RunSelection } from "../core/bulk-cancellation.ts";
import { EngineError } from "../core/errors.ts";
import { evaluateBoolean } from "../core/expression/evaluate.ts";
import { hasEnded, type Run } from "../core/run.ts";
import { Effects, type EffectTargets } from "./effects.ts";
import type { Log } from "./log.ts";
import { Transition, type TransitionDeps } from "./transition.ts";

export interface BulkCancellerDeps extends TransitionDeps, EffectTargets {
  readonly log: Log;
}

/** Each cancelled run sends its events, which may start others: some milliseconds for a bite. */
const CANCELLED_PER_BITE_MAX = 20;
const LOOKED_AT_PER_BITE_MAX = 200;
const UNFINISHED_MAX = 100;
/** Of the list of cancellations. */
const KEPT_MAX = 1_000;
const PAUSE_AFTER_FAULT_MS = 5_000;

export class BulkCanceller {
  readonly #deps: BulkCancellerDeps;
  #isWorking = false;
  #isStopped = false;
  #cancelWake: () => void = () => {};

  constructor(deps: BulkCancellerDeps) {
    this.#deps = deps;
  }

  /** Goes on with what an earlier start of the engine has left. */
  start(): void {
    void this.#work();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelWake();
  }

  /** Resolves once the cancellation is on disk; the runs follow. */
  cancelRuns(selection: RunSelection): Promise<BulkCancellation> {
    const { store } = this.#deps;
    return store.write(
      () => this.add(selection),
      () => this.start(),
    );
  }

  /** For a transaction that does more than this; `start` has to be called when it is on disk. */
  add(selection: RunSelection): BulkCancellation {
    const { store, clock, createId } = this.#deps;
    const { cancellations } = store;
    if (cancellations.countUnfinished() >= UNFINISHED_MAX) {
      const message = `${UNFINISHED_MAX} cancellations are under way. Wait for one to end.`;
      throw new EngineError("TOO_MANY", message);
    }
    const nowMs = clock.nowMs();
    const cancellation = {
      ...selection,
      // B3. The bound is out, and the runs of this very moment are in.
      startedBeforeMs: Math.min(selection.startedBeforeMs, nowMs + 1),
      id: createId(),
      createdAtMs: nowMs,
      position: "",
      cancelledCount: 0,
      endedAtMs: null,
    };
    cancellations.insert(cancellation);
    cancellations.removeOld(KEPT_MAX);
    return cancellation;
  }

  /** Runs that it has not come to go on. Rejects with NOT_FOUND. */
  async removeCancellation(id: string): Promise<void> {
    const { store } = this.#deps;
    await store.write(() => {
      if (store.cancellations.remove(id)) return;
      throw new EngineError("NOT_FOUND", `There is no cancellation ${id}.`);
    });
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    const { store, log, clock } = this.#deps;
    this.#isWorking = true;
    try {
      while (!this.#isStopped && store.cancellations.findUnfinished() !== null) {
        await store.write(
          () => this.#bite(),
          (effects) => effects.applyTo(this.#deps),
        );
      }
    } catch (error) {
      if (this.#isStopped) return;
      log({ level: "error", message: "a bulk cancellation waits after an error", error });
      const untilMs = clock.nowMs() + PAUSE_AFTER_FAULT_MS;
      this.#cancelWake = clock.wakeAt(untilMs, () => void this.#work());
    } finally {
      this.#isWorking = false;
    }
  }

  #bite(): Effects {
    const { store } = this.#deps;
    // Asked again: it may have been removed since.
    const cancellation = store.cancellations.findUnfinished();
    if (!cancellation) return new Effects();
    const transition = new Transition(this.#deps);
    const runIds = store.runs.loadUnfinishedIds(cancellation, LOOKED_AT_PER_BITE_MAX);
    let { position, cancelledCount } = cancellation;
    let cancelledNow = 0;
    for (const runId of runIds) {
      if (cancelledNow === CANCELLED_PER_BITE_MAX) break;
      position = runId;
      // The end of one before it may have ended it, too.
      if (!this.#isMeant(store.runs.find(runId), cancellation.expression)) continue;
      transition.cancelRun(runId, `The run was cancelled by bulk cancellation ${cancellation.id}.`);
      cancelledNow += 1;
    }
    cancelledCount += cancelledNow;
    const isDone =
      runIds.length < LOOKED_AT_PER_BITE_MAX && position === (runIds.at(-1) ?? position);
    const endedAtMs = isDone ? transition.nowMs : null;
    store.cancellations.advance({ id: cancellation.id, position, cancelledCount, endedAtMs });
    return transition.effects;
  }

  #isMeant(run: Run | null, expression: string | null): boolean {
    if (run === null || hasEnded(run.status)) return false;
    if (expression === null) return true;
    const json = this.#deps.store.events.findPayloadJson(run.eventInternalId);
    if (json === null) return false;
    const reading = evaluateBoolean(expression, { event: JSON.parse(json) });
    return reading.ok && reading.value;
  }
}
