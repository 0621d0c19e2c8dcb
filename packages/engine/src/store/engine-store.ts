import type { Database } from "bun:sqlite";
import { AppSpanStore } from "./app-span-store.ts";
import { AppStore } from "./app-store.ts";
import { BatchStore } from "./batch-store.ts";
import { CancellationStore } from "./cancellation-store.ts";
import { DebounceStore } from "./debounce-store.ts";
import { EventKeyStore } from "./event-key-store.ts";
import { EventStore } from "./event-store.ts";
import { GcraStore } from "./gcra-store.ts";
import { type CommitObserver, GroupCommit, type Schedule } from "./group-commit.ts";
import { HistoryStore } from "./history-store.ts";
import { MetadataStore } from "./metadata-store.ts";
import { QueueStore } from "./queue-store.ts";
import type { RowMemory } from "./row-memory.ts";
import { RunStore } from "./run-store.ts";
import { SignalStore } from "./signal-store.ts";
import { SingletonStore } from "./singleton-store.ts";
import { SpaceStore } from "./space-store.ts";
import { StepStore } from "./step-store.ts";
import { SyncStore } from "./sync-store.ts";
import { TraceExportStore } from "./trace-export-store.ts";
import { WaitStore } from "./wait-store.ts";

export interface EngineStoreOptions {
  /** Where the database lies; null in memory. */
  readonly file?: string | null;
  readonly schedule?: Schedule;
  readonly commitObserver?: CommitObserver;
}

/** All tables over one connection, with the one way to write them. */
export class EngineStore {
  readonly apps: AppStore;
  readonly batches: BatchStore;
  readonly debounces: DebounceStore;
  readonly appSpans: AppSpanStore;
  readonly cancellations: CancellationStore;
  readonly events: EventStore;
  readonly eventKeys: EventKeyStore;
  readonly gcra: GcraStore;
  readonly metadata: MetadataStore;
  readonly history: HistoryStore;
  readonly runs: RunStore;
  readonly signals: SignalStore;
  readonly singletons: SingletonStore;
  readonly steps: StepStore;
  readonly syncs: SyncStore;
  readonly queue: QueueStore;
  readonly traceExport: TraceExportStore;
  readonly waits: WaitStore;
  readonly space: SpaceStore;
  readonly #group: GroupCommit;
  readonly #memories: readonly Pick<RowMemory<unknown>, "settle" | "takeBack">[];

  constructor(db: Database, options: EngineStoreOptions = {}) {
    const { file = null, schedule, commitObserver } = options;
    this.#group = new GroupCommit(db, schedule, {
      ...commitObserver,
      onCommit: (durationMs, writeCount) => {
        for (const memory of this.#memories) memory.settle();
        commitObserver?.onCommit?.(durationMs, writeCount);
      },
      onTakenBack: () => {
        for (const memory of this.#memories) {
          memory.takeBack();
          // Nothing of the transaction is left. A full disk ends many before one is settled by a commit.
          if (!db.inTransaction) memory.settle();
        }
        this.waits.forgetPaths();
      },
    });
    this.apps = new AppStore(db);
    this.batches = new BatchStore(db);
    this.debounces = new DebounceStore(db);
    this.appSpans = new AppSpanStore(db);
    this.cancellations = new CancellationStore(db);
    this.events = new EventStore(db);
    this.eventKeys = new EventKeyStore(db);
    this.gcra = new GcraStore(db);
    this.metadata = new MetadataStore(db);
    this.runs = new RunStore(db);
    this.signals = new SignalStore(db);
    this.singletons = new SingletonStore(db);
    this.steps = new StepStore(db);
    this.syncs = new SyncStore(db);
    this.queue = new QueueStore(db);
    this.traceExport = new TraceExportStore(db);
    this.waits = new WaitStore(db);
    this.space = new SpaceStore(db, file);
    const { runs, steps, events, queue } = this;
    this.#memories = [runs.memory, steps.memory, events.memory, queue.memory];
    this.history = new HistoryStore(db, {
      runs: runs.memory,
      steps: steps.memory,
      events: events.memory,
    });
  }

  /** See `GroupCommit.write`. */
  write<T>(work: () => T, onStored?: (result: T) => void): Promise<T> {
    return this.#group.write(work, onStored);
  }

  /** Commits what this turn has written so far, without waiting for its end. */
  flush(): void {
    this.#group.flush();
  }

  /** See `GroupCommit.between`. */
  between<T>(work: () => T): T {
    return this.#group.between(work);
  }
}
