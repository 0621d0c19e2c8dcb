import type { App, AppFunction, Sync } from "../core/app.ts";
import type { BulkCancellation } from "../core/bulk-cancellation.ts";
import type { EventQuery, EventRecord } from "../core/event-list.ts";
import type { ShownQueueItem } from "../core/queue-item.ts";
import type { RunQuery, RunSummary } from "../core/run-list.ts";
import type { TraceParts } from "../core/trace.ts";

export interface TraceOptions {
  readonly withPayloads: boolean | "errors";
}

export interface RunOrigin {
  /** `<runId>.<stepId>` of the `step.invoke` that waits for this run. */
  readonly correlationId: string | null;
  readonly rerunOf: string | null;
}

/**
 * What `http/` asks of the tables; `store/` implements it. Every list is bounded by its `limit`, newest
 * first unless it says otherwise, and read through an index, whatever the number of rows.
 */
export interface ReadStore {
  loadApps(): readonly App[];
  /** Archived ones, too: their runs are still listed. */
  loadFunctions(): readonly AppFunction[];
  /** Newest first: as many as are kept. */
  loadSyncs(appId: string): readonly Sync[];

  findRun(runId: string, options: { readonly withOutput: boolean }): RunSummary | null;
  loadRuns(query: RunQuery): readonly RunSummary[];
  loadRunsOfEvent(
    eventInternalId: string,
    page: { readonly after: string | null; readonly limit: number; readonly withOutput: boolean },
  ): readonly RunSummary[];
  /**
   * What the run's trace is made of. Payloads are loaded only when asked for, because they may be large:
   * all of them, or what went wrong alone.
   */
  findTraceParts(runId: string, options: TraceOptions): TraceParts | null;
  /** The runs that it comes from; null where there is no such run. */
  findRunOrigin(runId: string): RunOrigin | null;

  /** What is due for the run, or will be; by the time it is due. */
  loadQueueItems(runId: string, limit: number): readonly ShownQueueItem[];

  findCancellation(id: string): BulkCancellation | null;
  loadCancellations(page: {
    readonly after: string | null;
    readonly limit: number;
  }): readonly BulkCancellation[];

  findEvent(internalId: string): EventRecord | null;
  loadEvents(query: EventQuery): readonly EventRecord[];

  /** JSON of the run's steps by id, as the SDK is given them. Protocol notes, section 1.3. */
  findStepsJson(runId: string): string | null;
  /** JSON of the list of events that started the run. */
  findBatchJson(runId: string): string | null;
}
