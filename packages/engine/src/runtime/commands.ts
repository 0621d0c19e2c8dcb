import type { BulkCancellation, RunSelection } from "../core/bulk-cancellation.ts";
import type { RerunStart } from "../core/decide-rerun.ts";
import type { MetadataUpdate } from "../core/metadata.ts";
import type { StepOp } from "../core/outcome.ts";
import type { IdSeed, IncomingEvent } from "../protocol/event-request.ts";
import type { WantedTarget } from "../protocol/metadata.ts";
import type { Registration } from "../protocol/registration.ts";
import type { IncomingSignal } from "../protocol/signal.ts";
import type { SpanOfRun } from "./trace-commands.ts";

/** What becomes of the unfinished runs of a function that is paused. */
export type RunsOfPaused = "hold" | "continue" | "cancel";

/** What can be asked of the engine; `http/` turns requests into these calls. */
export interface EngineCommands {
  /**
   * Stores the events with the runs they start and the waits they end. Resolves to their internal ids
   * once all of it is on disk; rejects with STORAGE_FAILED when nothing was.
   */
  acceptEvents(
    events: readonly IncomingEvent[],
    options?: { readonly idSeed?: IdSeed },
  ): Promise<readonly string[]>;

  /** An app tells which functions it has. Out-of-band sync; protocol notes, section 1.1. */
  register(
    registration: Registration,
  ): Promise<{ readonly isModified: boolean; readonly appId: string }>;

  /**
   * Asks the app at this serve URL for its functions: in-band sync. Rejects with SYNC_REJECTED, also when
   * another app than the one named answers.
   */
  syncApp(
    url: string,
    appName?: string,
  ): Promise<{ readonly isModified: boolean; readonly appId: string }>;

  /** Archives the functions of the app at this URL. */
  removeApp(url: string): Promise<void>;

  /** Stores steps of a call in flight. Rejects with STALE_DISPATCH, RUN_ENDED or STEP_CONTRADICTED. */
  checkpoint(request: {
    readonly runId: string;
    readonly itemId: string;
    readonly generationId: number;
    readonly ops: readonly StepOp[];
  }): Promise<void>;

  /** Says something of a run or a step, all of it or nothing. Rejects with NOT_FOUND or TOO_LARGE. */
  updateMetadata(request: {
    readonly runId: string;
    readonly target: WantedTarget;
    readonly updates: readonly MetadataUpdate[];
  }): Promise<void>;

  /**
   * Keeps spans of apps with the traces of their runs. Resolves to how many had no place: their run is
   * unknown, or has as many as it may.
   */
  keepAppSpans(spans: readonly SpanOfRun[]): Promise<number>;

  /** Rejects with NOT_FOUND or, for a run that is over, RUN_ENDED. */
  cancelRun(runId: string): Promise<void>;

  /**
   * Cancels the selected runs that are there now, a few at a time: resolves once it will be done, come
   * what may, and `findCancellation` tells how far it is. Rejects with TOO_MANY.
   */
  cancelRuns(selection: RunSelection): Promise<BulkCancellation>;

  /** Stops a bulk cancellation where it is, and forgets it. Rejects with NOT_FOUND. */
  removeCancellation(id: string): Promise<void>;

  /** The function, by the engine's id of it, starts no more runs until it is resumed. */
  pauseFunction(functionId: string, runs: RunsOfPaused): Promise<void>;

  resumeFunction(functionId: string): Promise<void>;

  /** Whether a queue item is being carried out at this moment. */
  isInHand(itemId: string): boolean;

  /**
   * Starts the function again with the same event; from a step, with the results of the steps before it.
   * Resolves to the new run's id. Rejects with NOT_FOUND, INPUT_INVALID or FUNCTION_PAUSED.
   */
  rerun(runId: string, from?: RerunStart): Promise<string>;

  /** Ends the wait for the signal; resolves to its run's id. Rejects with NOT_FOUND when nobody waits. */
  sendSignal(signal: IncomingSignal): Promise<string>;

  /**
   * Starts one function, by app and function id, at once: nothing holds it. The same key returns the same
   * run for 24 hours. Rejects with RUN_REFUSED when a limit of the function says no.
   */
  invoke(request: {
    readonly slug: string;
    readonly data: Readonly<Record<string, unknown>>;
    readonly user?: Readonly<Record<string, unknown>>;
    readonly idempotencyKey?: string;
  }): Promise<string>;
}
