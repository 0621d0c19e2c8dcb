import type { Database } from "bun:sqlite";
import { AppSpanStore } from "./app-span-store.ts";
import { AppStore } from "./app-store.ts";
import { BatchStore } from "./batch-store.ts";
import { DebounceStore } from "./debounce-store.ts";
import { EventKeyStore } from "./event-key-store.ts";
import { EventStore } from "./event-store.ts";
import { GcraStore } from "./gcra-store.ts";
import { type CommitObserver, GroupCommit, type Schedule } from "./group-commit.ts";
import { MetadataStore } from "./metadata-store.ts";
import { QueueStore } from "./queue-store.ts";
import { RunStore } from "./run-store.ts";
import { SignalStore } from "./signal-store.ts";
import { SingletonStore } from "./singleton-store.ts";
import { StepStore } from "./step-store.ts";
import { TraceExportStore } from "./trace-export-store.ts";
import { WaitStore } from "./wait-store.ts";

/** All tables over one connection, with the one way to write them. */
export class EngineStore {
  readonly apps: AppStore;
  readonly batches: BatchStore;
  readonly debounces: DebounceStore;
  readonly appSpans: AppSpanStore;
  readonly events: EventStore;
  readonly eventKeys: EventKeyStore;
  readonly gcra: GcraStore;
  readonly metadata: MetadataStore;
  readonly runs: RunStore;
  readonly signals: SignalStore;
  readonly singletons: SingletonStore;
  readonly steps: StepStore;
  readonly queue: QueueStore;
  readonly traceExport: TraceExportStore;
  readonly waits: WaitStore;
  readonly #group: GroupCommit;

  constructor(db: Database, schedule?: Schedule, observer?: CommitObserver) {
    this.#group = new GroupCommit(db, schedule, observer);
    this.apps = new AppStore(db);
    this.batches = new BatchStore(db);
    this.debounces = new DebounceStore(db);
    this.appSpans = new AppSpanStore(db);
    this.events = new EventStore(db);
    this.eventKeys = new EventKeyStore(db);
    this.gcra = new GcraStore(db);
    this.metadata = new MetadataStore(db);
    this.runs = new RunStore(db);
    this.signals = new SignalStore(db);
    this.singletons = new SingletonStore(db);
    this.steps = new StepStore(db);
    this.queue = new QueueStore(db);
    this.traceExport = new TraceExportStore(db);
    this.waits = new WaitStore(db);
  }

  /** See `GroupCommit.write`. */
  write<T>(work: () => T, onStored?: (result: T) => void): Promise<T> {
    return this.#group.write(work, onStored);
  }

  /** Commits what this turn has written so far, without waiting for its end. */
  flush(): void {
    this.#group.flush();
  }
}
