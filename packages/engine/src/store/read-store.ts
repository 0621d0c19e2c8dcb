import type { Database } from "bun:sqlite";
import type { App, AppFunction, Sync } from "../core/app.ts";
import type { BulkCancellation } from "../core/bulk-cancellation.ts";
import type { EventQuery, EventRecord } from "../core/event-list.ts";
import type { ShownQueueItem } from "../core/queue-item.ts";
import type { RunQuery, RunSummary } from "../core/run-list.ts";
import type { TraceParts } from "../core/trace.ts";
import { AppStore } from "./app-store.ts";
import { CancellationStore } from "./cancellation-store.ts";
import { EventReads } from "./read-events.ts";
import { QueueReads } from "./read-queue.ts";
import { type EventRunsPage, RunReads } from "./read-runs.ts";
import { TraceReads } from "./read-trace.ts";
import { SyncStore } from "./sync-store.ts";

/** Everything that is only read, for lists and pages. See `runtime/read-store.ts`. */
export class SqlReadStore {
  readonly #apps: AppStore;
  readonly #cancellations: CancellationStore;
  readonly #queue: QueueReads;
  readonly #runs: RunReads;
  readonly #syncs: SyncStore;
  readonly #events: EventReads;
  readonly #trace: TraceReads;

  constructor(db: Database) {
    this.#apps = new AppStore(db);
    this.#cancellations = new CancellationStore(db);
    this.#queue = new QueueReads(db);
    this.#runs = new RunReads(db);
    this.#syncs = new SyncStore(db);
    this.#events = new EventReads(db);
    this.#trace = new TraceReads(db);
  }

  loadApps(): readonly App[] {
    return this.#apps.loadApps();
  }

  loadFunctions(): readonly AppFunction[] {
    return this.#apps.loadFunctions();
  }

  loadSyncs(appId: string): readonly Sync[] {
    return this.#syncs.load(appId);
  }

  findRun(runId: string, options: { readonly withOutput: boolean }): RunSummary | null {
    return this.#runs.find(runId, options);
  }

  loadRuns(query: RunQuery): readonly RunSummary[] {
    return this.#runs.load(query);
  }

  loadRunsOfEvent(eventInternalId: string, page: EventRunsPage): readonly RunSummary[] {
    return this.#runs.loadOfEvent(eventInternalId, page);
  }

  findTraceParts(
    runId: string,
    options: { readonly withPayloads: boolean | "errors" },
  ): TraceParts | null {
    const run = this.#runs.find(runId, { withOutput: false });
    if (run === null) return null;
    const parts = this.#trace.load(runId, options);
    return { ...parts, run: { ...run, ...parts.run } };
  }

  findRunOrigin(runId: string) {
    return this.#trace.findOrigin(runId);
  }

  loadQueueItems(runId: string, limit: number): readonly ShownQueueItem[] {
    return this.#queue.load(runId, limit);
  }

  findCancellation(id: string): BulkCancellation | null {
    return this.#cancellations.find(id);
  }

  loadCancellations(page: {
    readonly after: string | null;
    readonly limit: number;
  }): readonly BulkCancellation[] {
    return this.#cancellations.load(page);
  }

  findEvent(internalId: string): EventRecord | null {
    return this.#events.find(internalId);
  }

  loadEvents(query: EventQuery): readonly EventRecord[] {
    return this.#events.load(query);
  }

  findStepsJson(runId: string): string | null {
    return this.#runs.find(runId, { withOutput: false }) && this.#trace.loadStepsJson(runId);
  }

  findBatchJson(runId: string): string | null {
    return this.#trace.findBatchJson(runId);
  }
}

export function createReadStore(db: Database): SqlReadStore {
  return new SqlReadStore(db);
}
