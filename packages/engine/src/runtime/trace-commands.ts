// What apps tell of their runs beside the answers to calls: metadata, and spans of their own.

import { APP_SPANS_PER_RUN_MAX, type AppSpan } from "../core/app-span.ts";
import { EngineError } from "../core/errors.ts";
import type { MetadataUpdate } from "../core/metadata.ts";
import type { WantedTarget } from "../protocol/metadata.ts";
import type { Clock } from "./clock.ts";
import { findTarget, keepMetadata } from "./keep-metadata.ts";
import type { Store } from "./store.ts";

export interface TraceCommandDeps {
  readonly store: Store;
  readonly clock: Clock;
}

export interface SpanOfRun {
  readonly runId: string;
  readonly span: AppSpan;
}

export class TraceCommands {
  readonly #deps: TraceCommandDeps;

  constructor(deps: TraceCommandDeps) {
    this.#deps = deps;
  }

  async updateMetadata(request: {
    readonly runId: string;
    readonly target: WantedTarget;
    readonly updates: readonly MetadataUpdate[];
  }): Promise<void> {
    const { store, clock } = this.#deps;
    const { runId, updates } = request;
    await store.write(() => {
      if (!store.runs.find(runId)) throw new EngineError("NOT_FOUND", `There is no run ${runId}.`);
      const target = findTarget(store, runId, request.target);
      for (const update of updates) {
        const problem = keepMetadata(store, { runId, target, update, nowMs: clock.nowMs() });
        if (problem === null) continue;
        throw new EngineError("TOO_LARGE", `Metadata of the kind ${update.kind} ${problem}.`);
      }
    });
  }

  /** Returns how many had no place: their run is unknown, or has as many as it may. */
  async keepAppSpans(spans: readonly SpanOfRun[]): Promise<number> {
    const { store } = this.#deps;
    return store.write(() => {
      let droppedCount = 0;
      for (const [runId, ofRun] of Map.groupBy(spans, (one) => one.runId)) {
        const room = store.runs.find(runId)
          ? Math.max(0, APP_SPANS_PER_RUN_MAX - store.appSpans.count(runId))
          : 0;
        for (const { span } of ofRun.slice(0, room)) store.appSpans.insert(runId, span);
        droppedCount += Math.max(0, ofRun.length - room);
      }
      return droppedCount;
    });
  }
}
