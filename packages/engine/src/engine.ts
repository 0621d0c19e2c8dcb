import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { version } from "../package.json";
import { callsSomeone } from "./core/queue-item.ts";
import { createUlidSource } from "./core/ulid.ts";
import type { Realtime } from "./http/realtime/realtime.ts";
import { RealtimeTokens } from "./protocol/realtime/token.ts";
import { AppCommands } from "./runtime/apps/app-commands.ts";
import { Registry } from "./runtime/apps/registry.ts";
import { Resync } from "./runtime/apps/resync.ts";
import { InFlight } from "./runtime/calls/in-flight.ts";
import { SdkCaller } from "./runtime/calls/sdk-caller.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import type { EngineCommands } from "./runtime/commands.ts";
import type { EndedRunNotice } from "./runtime/effects.ts";
import { Executor } from "./runtime/executor.ts";
import { Housekeeper } from "./runtime/housekeeper.ts";
import { ScheduleKeeper } from "./runtime/intake/schedule-keeper.ts";
import type { Log } from "./runtime/log.ts";
import { EngineMetrics } from "./runtime/metrics/engine-metrics.ts";
import { addGauges } from "./runtime/metrics/gauges.ts";
import { Scheduler } from "./runtime/queue/scheduler.ts";
import { RealtimeHub } from "./runtime/realtime/hub.ts";
import { RunFeed } from "./runtime/realtime/run-feed.ts";
import { RunCommands } from "./runtime/run-commands.ts";
import { TraceCommands } from "./runtime/trace-commands.ts";
import { TraceExporter, type TraceExportOptions } from "./runtime/trace-export/trace-exporter.ts";
import { type Database, openDatabase, readDatabaseSizes, type Storage } from "./store/database.ts";
import { EngineStore } from "./store/engine-store.ts";
import type { Schedule } from "./store/group-commit.ts";
import { beginEpoch } from "./store/meta-store.ts";
import { migrate } from "./store/migrate.ts";
import { createReadStore, type SqlReadStore } from "./store/read-store.ts";

export interface EngineCoreOptions {
  readonly storage: Storage;
  readonly isDev: boolean;
  readonly signingKeys: readonly string[];
  /** Replaces Inngest's backoff by a fixed pause; Inngest's `--retry-interval`. */
  readonly retryIntervalMs?: number;
  /** Apps to ask for their functions at the start, beside those known from before. */
  readonly sdkUrls?: readonly string[];
  /** Sends the traces of ended runs to an OTLP receiver. */
  readonly traceExport?: TraceExportOptions;
  readonly onLog?: Log;
  readonly clock?: Clock;
  /** 0 … 1, for the jitter of retries. */
  readonly random?: () => number;
  /** Makes the ids of events and runs: ULIDs, each higher than the last. */
  readonly createId?: () => string;
  /** Told of each run that ended, once its end is on disk. */
  readonly onRunEnded?: (notice: EndedRunNotice) => void;
  /** Runs a commit after the present turn of the event loop; tests say themselves when. */
  readonly schedule?: Schedule;
  /** Opens the file of the storage; tests give it a small disk. */
  readonly openDatabase?: (file: string) => Database;
  /** How the engine reaches apps and models; tests call an app without a socket. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Below the 256 requests that Bun's fetch has on their way at once; more would wait unseen. */
const CALLS_MAX = 240;
/** Each takes one transaction; a bound on what one commit may hold. */
const TIMERS_MAX = 500;
/** Inngest's limit for one call over HTTP. */
const CALL_TIMEOUT_MS = 2 * 60 * 60 * 1_000;
const DRAIN_LOOK_MS = 20;

/** The engine without its HTTP server: store, runtime and commands, wired. */
export class EngineCore {
  readonly commands: EngineCommands;
  readonly reads: SqlReadStore;
  readonly realtime: Realtime;
  readonly metrics: EngineMetrics;
  readonly #store: EngineStore;
  readonly #scheduler: Scheduler;
  readonly #executor: Executor;
  readonly #resync: Resync;
  readonly #housekeeper: Housekeeper;
  readonly #exporter: TraceExporter | undefined;
  readonly #schedules: ScheduleKeeper;
  readonly #closeDatabase: () => void;

  constructor(options: EngineCoreOptions) {
    const {
      clock = systemClock,
      onLog = () => {},
      random = Math.random,
      isDev,
      signingKeys,
    } = options;
    const fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    const db = openStorage(options);
    const metrics = new EngineMetrics();
    const store = new EngineStore(db, options.schedule, {
      onCommit: (durationMs, writeCount) => metrics.observeCommit(durationMs, writeCount),
      onRefusal: () => metrics.countRefusedCommit(),
    });
    const registry = new Registry();
    const inFlight = new InFlight(beginEpoch(db));
    const createId =
      options.createId ?? createUlidSource({ nowMs: () => clock.nowMs(), random: Math.random });
    const hub = new RealtimeHub({ clock, log: onLog });
    const shared = {
      store,
      registry,
      clock,
      createId,
      inFlight,
      feed: new RunFeed(hub),
      metrics,
      scheduler: (): Scheduler => this.#scheduler,
      onRunEnded: (notice: EndedRunNotice) => {
        executor.forgetRun(notice.runId);
        this.#exporter?.wake();
        options.onRunEnded?.(notice);
      },
      onStepSettled: (runId: string, byItemId: string | null) =>
        inFlight.markSettled(runId, byItemId),
    };
    const sdk = new SdkCaller({ fetch, clock, signingKeys, timeoutMs: CALL_TIMEOUT_MS });
    const { retryIntervalMs } = options;
    const executor = new Executor({
      ...shared,
      sdk,
      fetch,
      random,
      retryIntervalMs,
      isDev,
      log: onLog,
    });
    const apps = new AppCommands({ ...shared, fetch, signingKeys, isDev, log: onLog });
    const runs = new RunCommands(shared);

    this.#store = store;
    this.#executor = executor;
    this.#scheduler = new Scheduler({
      clock,
      callsMax: CALLS_MAX,
      timersMax: TIMERS_MAX,
      carryOut: (item) => void executor.carryOut(item),
      onLimited: (limit) => metrics.countLimit(limit),
      findUsedUntilMs: (name) => store.gcra.findUsedUntilMs(name),
    });
    const { sdkUrls = [] } = options;
    this.#resync = new Resync({
      syncApp: (url) => apps.syncApp(url),
      isExpected: (url) => sdkUrls.includes(url) || registry.urls.includes(url),
      clock,
      log: onLog,
    });
    this.#housekeeper = new Housekeeper({ store, clock, log: onLog });
    this.#schedules = new ScheduleKeeper({ ...shared, log: onLog });
    addGauges({
      registry: metrics.registry,
      version,
      clock,
      surveyQueue: () => this.#scheduler.survey(),
      callsInFlight: () => inFlight.size,
      parkedApps: () => this.#scheduler.parkedAppCount,
      readSizes: () => readDatabaseSizes(db),
    });
    this.metrics = metrics;
    this.#closeDatabase = () => db.close();
    this.reads = createReadStore(db);
    this.realtime = { hub, tokens: new RealtimeTokens(signingKeys) };
    const exporting = { store, reads: this.reads, clock, fetch, random, log: onLog, version };
    this.#exporter =
      options.traceExport && new TraceExporter({ ...exporting, options: options.traceExport });
    this.commands = bindCommands(runs, apps, new TraceCommands(shared));
    apps.load();
    this.#loadQueue();
    this.#start([...registry.urls, ...sdkUrls]);
  }

  /** Items that are being carried out at this moment. */
  get callsInHand(): number {
    return this.#scheduler.inHandCount;
  }

  /** Starts no more calls, and waits up to `graceMs` for those in hand. */
  async drain(graceMs: number): Promise<void> {
    this.#scheduler.stop();
    this.#resync.stop();
    this.#housekeeper.stop();
    this.#schedules.stop();
    const giveUpAtMs = Date.now() + graceMs;
    while (this.#scheduler.inHandCount > 0 && Date.now() < giveUpAtMs) {
      await Bun.sleep(DRAIN_LOOK_MS);
    }
    // Last, so that what the calls in hand came to is still told.
    this.realtime.hub.close();
    await this.#flushTraces(giveUpAtMs - Date.now());
  }

  /** Drops what is still in hand, which the next start repeats, and closes the file. */
  close(): void {
    this.#scheduler.stop();
    this.#resync.stop();
    this.#housekeeper.stop();
    this.#schedules.stop();
    this.#executor.stop();
    this.#exporter?.stop();
    this.#store.flush();
    this.realtime.hub.close();
    this.#closeDatabase();
  }

  /** What is not out by then is exported by the next start, unless all was in memory. */
  async #flushTraces(waitMs: number): Promise<void> {
    if (!this.#exporter || waitMs <= 0) return;
    await Promise.race([this.#exporter.flush().catch(() => {}), Bun.sleep(waitMs)]);
  }

  #start(appUrls: readonly string[]): void {
    this.#housekeeper.start();
    this.#schedules.start();
    this.#scheduler.tick();
    this.#exporter?.start();
    this.#resync.start(appUrls);
  }

  /** What was in flight when the engine stopped is simply due again (docs/decisions/0004). */
  #loadQueue(): void {
    for (const item of this.#store.queue.loadAll()) {
      const { id, runId, appId, kind, dueAtMs, slotsJson, payloadJson, rank } = item;
      const slots = callsSomeone(kind) ? JSON.parse(slotsJson) : [];
      const throttle = payloadJson === null ? {} : { throttle: JSON.parse(payloadJson) };
      this.#scheduler.put({ id, runId, appId, kind, dueAtMs, slots, rank, ...throttle });
    }
  }
}

function bindCommands(runs: RunCommands, apps: AppCommands, traces: TraceCommands): EngineCommands {
  return {
    acceptEvents: (events, options) => runs.acceptEvents(events, options),
    checkpoint: (request) => runs.checkpoint(request),
    updateMetadata: (request) => traces.updateMetadata(request),
    keepAppSpans: (spans) => traces.keepAppSpans(spans),
    cancelRun: (runId) => runs.cancelRun(runId),
    rerun: (runId) => runs.rerun(runId),
    invoke: (request) => runs.invoke(request),
    sendSignal: (signal) => runs.sendSignal(signal),
    register: (registration) => apps.register(registration),
    syncApp: (url) => apps.syncApp(url),
    removeApp: (url) => apps.removeApp(url),
  };
}

function openStorage({
  storage,
  openDatabase: open = openDatabase,
}: Pick<EngineCoreOptions, "storage" | "openDatabase">): Database {
  if (storage.kind === "directory") mkdirSync(storage.path, { recursive: true, mode: 0o700 });
  const file = storage.kind === "memory" ? ":memory:" : join(storage.path, "engine.db");
  const db = open(file);
  migrate(db);
  return db;
}
