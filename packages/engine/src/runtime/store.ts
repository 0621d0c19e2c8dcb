import type { App, AppFunction, FunctionPause, Sync } from "../core/app.ts";
import type { AppSpan } from "../core/app-span.ts";
import type { BatchEvent, OpenBatch } from "../core/batch.ts";
import type { BulkCancellation } from "../core/bulk-cancellation.ts";
import type { FailedAttempt, RunEnding, StepRecord, StepSettlement } from "../core/change.ts";
import type { DebouncedEvent } from "../core/debounce.ts";
import type { RanStep } from "../core/decide-rerun.ts";
import type { StoredEvent } from "../core/event.ts";
import type { EndedRun, ExportCursor } from "../core/export-cursor.ts";
import type { FunctionConfig } from "../core/function-config.ts";
import type { MetadataEntry, MetadataTarget, MetadataUse } from "../core/metadata.ts";
import type { QueueItem } from "../core/queue-item.ts";
import type { RunEnd } from "../core/retention.ts";
import type { NewRun, Run, RunView, StepState } from "../core/run.ts";
import type { SignalWait, Wait, WaitMatch } from "../core/wait.ts";

/** A queue item with the app and the limits of its run, as the scheduler needs it. */
export interface DueItem extends QueueItem {
  readonly appId: string;
  readonly slotsJson: string;
  readonly rank: string | null;
}

export type RemovedItem = Pick<QueueItem, "id" | "kind">;
/** Where one entry of metadata is. */
export interface MetadataKey extends MetadataTarget {
  readonly runId: string;
  readonly scope: string;
  readonly kind: string;
}

/**
 * What the runtime asks of the store; `store/` implements it. Everything but `write` is synchronous
 * and, where it changes something, to be called inside `write` only.
 */
export interface Store {
  /**
   * Runs `work` now, in one transaction with all else of this turn; resolves once it is on disk. Before
   * that it calls `onStored`, in the order of the writes: what memory must follow goes there.
   */
  write<T>(work: () => T, onStored?: (result: T) => void): Promise<T>;
  readonly apps: {
    loadApps(): readonly App[];
    loadFunctions(): readonly AppFunction[];
    putApp(app: App): void;
    putFunction(id: string, appId: string, config: FunctionConfig): void;
    archiveFunction(functionId: string, atMs: number): void;
    pauseFunction(functionId: string, pause: FunctionPause): void;
    resumeFunction(functionId: string): void;
  };
  readonly cancellations: {
    insert(cancellation: BulkCancellation): void;
    findUnfinished(): BulkCancellation | null;
    countUnfinished(): number;
    advance(
      progress: Pick<BulkCancellation, "id" | "position" | "cancelledCount" | "endedAtMs">,
    ): void;
    remove(id: string): boolean;
    removeOld(keptMax: number): void;
  };
  readonly events: {
    insert(event: StoredEvent): boolean;
    find(internalId: string): StoredEvent | null;
    findPayloadJson(internalId: string): string | null;
  };
  readonly eventKeys: {
    findRunId(functionId: string, eventId: string, nowMs: number): string | null;
    put(functionId: string, eventId: string, run: { id: string; nowMs: number }): void;
    nameRun(functionId: string, batchId: string, runId: string): void;
    removeExpired(nowMs: number, limit: number): number;
  };
  readonly gcra: {
    findUsedUntilMs(name: string): number | null;
    put(name: string, usedUntilMs: number): void;
    removePassed(nowMs: number, limit: number): number;
  };
  readonly batches: {
    findOpen(name: string): OpenBatch | null;
    putOpen(batch: OpenBatch): void;
    close(name: string): void;
    loadOpen(functionId: string): readonly OpenBatch[];
    addEvent(event: BatchEvent): void;
    findFirstEventId(batchId: string): string | null;
    loadPayloads(batchId: string): readonly string[];
    loadInvokers(batchId: string): readonly string[];
  };
  readonly debounces: {
    find(name: string): DebouncedEvent | null;
    put(held: DebouncedEvent): void;
    take(name: string): DebouncedEvent | null;
    loadNames(functionId: string): readonly string[];
  };
  readonly singletons: {
    findHolder(name: string): string | null;
    put(name: string, runId: string): void;
    removeFree(after: string, limit: number): string | null;
  };
  readonly runs: {
    insert(run: NewRun): void;
    insertSkipped(run: NewRun): void;
    find(runId: string): Run | null;
    loadUnfinishedIds(cancellation: BulkCancellation, limit: number): readonly string[];
    start(runId: string, startedAtMs: number): void;
    pinVersion(runId: string, requestVersion: number): void;
    setPlanning(runId: string, isPlanning: boolean): void;
    end(runId: string, ending: RunEnding): boolean;
  };
  readonly steps: {
    insert(runId: string, step: StepRecord, position: number): void;
    settle(runId: string, settlement: StepSettlement, position: number): void;
    recordAttempt(runId: string, attempt: FailedAttempt): void;
    findValueJson(runId: string, stepId: string): string | null;
    loadRan(runId: string): readonly RanStep[];
    copySettled(
      fromRunId: string,
      kept: { readonly toRunId: string; readonly beforePosition: number; readonly atMs: number },
    ): void;
    loadKnown(runId: string): Pick<RunView, "steps" | "lastPosition">;
    loadStates(runId: string): readonly StepState[];
    /** Index of the attempt that settled the step, or that is to come while it is open or unknown. */
    findLatestAttempt(runId: string, stepId: string): number;
    exists(runId: string, stepId: string): boolean;
  };
  readonly metadata: {
    findValuesJson(key: MetadataKey): string | null;
    loadUse(key: MetadataKey): MetadataUse;
    put(runId: string, entry: MetadataEntry): void;
    remove(key: MetadataKey): void;
  };
  readonly appSpans: {
    insert(runId: string, span: AppSpan): void;
    count(runId: string): number;
  };
  readonly traceExport: {
    findCursor(): ExportCursor | null;
    putCursor(cursor: ExportCursor): void;
    loadEnded(
      cursor: ExportCursor,
      wanted: { readonly beforeMs: number; readonly limit: number },
    ): readonly EndedRun[];
    findNewest(offset: number): EndedRun | null;
    countEnded(cursor: ExportCursor, until: EndedRun): number;
  };
  readonly queue: {
    insert(item: QueueItem): void;
    find(itemId: string): QueueItem | null;
    exists(itemId: string): boolean;
    loadAll(): readonly DueItem[];
    loadOfFunction(functionId: string): readonly Pick<QueueItem, "id" | "dueAtMs">[];
    reschedule(
      itemId: string,
      attempt: number,
      times: { dueAtMs: number; queuedAtMs: number },
    ): void;
    resetAttempt(itemId: string): void;
    remove(itemId: string): void;
    removeOfRun(runId: string): readonly RemovedItem[];
  };
  readonly signals: {
    find(signal: string): SignalWait | null;
    put(wait: SignalWait): void;
    remove(runId: string, stepId: string): void;
    removeOfRun(runId: string): void;
  };
  readonly syncs: { insert(sync: Sync): void };
  readonly waits: {
    insert(wait: Wait, match: WaitMatch): void;
    loadPaths(eventName: string): ReadonlySet<string>;
    loadMatching(eventName: string, match: WaitMatch): readonly Wait[];
    remove(runId: string, stepId: string): void;
    removeOfRun(runId: string): void;
  };
  /** What is over. Each call but `countEnded` removes, and is one bite. */
  readonly history: {
    countEnded(
      after: RunEnd,
      limits: { readonly untilMs: number; readonly limit: number },
    ): { readonly count: number; readonly last: RunEnd | null };
    removeRuns(limits: {
      readonly untilMs: number;
      readonly runsMax: number;
      readonly rowsMax: number;
    }): { readonly runCount: number; readonly untilMs: number | null; readonly isDone: boolean };
    removeEvents(page: {
      readonly untilMs: number;
      readonly after: string;
      readonly rowsMax: number;
    }): string | null;
    removeFunctions(untilMs: number): number;
  };
  /** Room inside of the file. `emptyLog` is asked `between` transactions. */
  readonly space: {
    readonly givesBack: boolean;
    use(): SpaceUse;
    giveBack(pagesMax: number): void;
    emptyLog(): void;
  };
  /** Runs `work` while no transaction is open: what this turn has written so far is committed before. */
  between<T>(work: () => T): T;
}

/** What the database takes up, in bytes. */
export interface SpaceUse {
  readonly fileBytes: number;
  /** Inside of the file, for rows to come. */
  readonly freeBytes: number;
  /** The write-ahead log beside it. */
  readonly logBytes: number;
}
