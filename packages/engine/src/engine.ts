import { version } from "../package.json";
import { callsSomeone } from "./core/queue-item.ts";
import type { Retention as RetentionLimits } from "./core/retention.ts";
import { createUlidSource } from "./core/ulid.ts";
import type { Realtime } from "./http/realtime/realtime.ts";
import { RealtimeTokens } from "./protocol/realtime/token.ts";
import { AppCommands } from "./runtime/apps/app-commands.ts";
import { FunctionPauses } from "./runtime/apps/function-pauses.ts";
import { Registry } from "./runtime/apps/registry.ts";
import { Resync } from "./runtime/apps/resync.ts";
import { BulkCanceller } from "./runtime/bulk-canceller.ts";
import { InFlight } from "./runtime/calls/in-flight.ts";
import { SdkCaller } from "./runtime/calls/sdk-caller.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import type { EngineCommands } from "./runtime/commands.ts";
import type { EndedRunNotice } from "./runtime/effects.ts";
import { Executor } from "./runtime/executor.ts";

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

import { Housekeeper } from "./runtime/upkeep/housekeeper.ts";
import { Retention } from "./runtime/upkeep/retention.ts";
import { type EngineUpkeep, Upkeep } from "./runtime/upkeep/upkeep.ts";
import type { Database, Storage } from "./store/database.ts";
import type { EngineStore } from "./store/engine-store.ts";
import { openStore } from "./store/files/open-store.ts";

import type { Schedule } from "./store/group-commit.ts";
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
  /** How long what is over is kept; all of it for ever when absent. */
  readonly retention?: RetentionLimits;
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
/** A collector must not hold up a stop. */
const FLUSH_MAX_MS = 2_000;
const KEEP_ALL: RetentionLimits = { keptMs: null, runsMax: null };

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
  readonly #canceller: BulkCanceller;
  readonly #exporter: TraceExporter | undefined;
  readonly #retention: Retention;
  readonly #upkeep: Upkeep;
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
    const metrics = new EngineMetrics();
    const opened = openStore({
      ...options,
      commitObserver: {
        onCommit: (durationMs, writeCount) => metrics.observeCommit(durationMs, writeCount),
        onRefusal: () => metrics.countRefusedCommit(),
      },
      onCopy: (message) => onLog({ level: "info", message }),
    });
    const { db, store, epoch, files } = opened;
    const registry = new Registry();
    const inFlight = new InFlight(epoch);
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
        this.#retention.noteEnded();
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
    this.#retention = new Retention({
      store,
      clock,
      log: onLog,
      limits: options.retention ?? KEEP_ALL,
      forgetFunctions: (untilMs) => apps.forgetArchived(untilMs),
    });
    const sweepHistory = () => this.#retention.sweep();
    this.#housekeeper = new Housekeeper({ store, clock, log: onLog, sweepHistory });
    this.#upkeep = new Upkeep({ store, clock, files });
    this.#closeDatabase = opened.close;
    this.#schedules = new ScheduleKeeper({ ...shared, log: onLog });
    addGauges({
      registry: metrics.registry,
      version,
      clock,
      surveyQueue: () => this.#scheduler.survey(),
      callsInFlight: () => inFlight.size,
      parkedApps: () => this.#scheduler.parkedAppCount,
      readSpace: () => store.space.use(),
    });
    this.metrics = metrics;
    this.reads = createReadStore(db);
    this.realtime = { hub, tokens: new RealtimeTokens(signingKeys) };
    const exporting = { store, reads: this.reads, clock, fetch, random, log: onLog, version };
    this.#exporter =
      options.traceExport && new TraceExporter({ ...exporting, options: options.traceExport });
    this.#canceller = new BulkCanceller({ ...shared, log: onLog });
    const pauses = new FunctionPauses({
      ...shared,
      canceller: this.#canceller,
      reload: () => apps.load(),
    });
    this.commands = {
      ...bindCommands({
        runs,
        apps,
        pauses,
        canceller: this.#canceller,
        traces: new TraceCommands(shared),
      }),
      isInHand: (itemId) => this.#scheduler.isInHand(itemId),
    };
    try {
      apps.load();
      this.#loadQueue();
    } catch (error) {
      opened.close();
      throw opened.describe(error);
    }
    this.#start([...registry.urls, ...sdkUrls]);
  }

  get upkeep(): EngineUpkeep {
    return this.#upkeep;
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
    this.#canceller.stop();
    this.#retention.stop();
    this.#upkeep.stop();
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
    this.#canceller.stop();
    this.#retention.stop();
    this.#upkeep.stop();
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
    const patience = Bun.sleep(Math.min(waitMs, FLUSH_MAX_MS));
    await Promise.race([this.#exporter.flush().catch(() => {}), patience]);
  }

  #start(appUrls: readonly string[]): void {
    this.#housekeeper.start();
    this.#canceller.start();
    this.#retention.start();
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

function bindCommands({
  runs,
  apps,
  pauses,
  canceller,
  traces,
}: {
  readonly runs: RunCommands;
  readonly apps: AppCommands;
  readonly pauses: FunctionPauses;
  readonly canceller: BulkCanceller;
  readonly traces: TraceCommands;
}): Omit<EngineCommands, "isInHand"> {
  return {
    acceptEvents: (events, options) => runs.acceptEvents(events, options),
    checkpoint: (request) => runs.checkpoint(request),
    updateMetadata: (request) => traces.updateMetadata(request),
    keepAppSpans: (spans) => traces.keepAppSpans(spans),
    cancelRun: (runId) => runs.cancelRun(runId),
    cancelRuns: (selection) => canceller.cancelRuns(selection),
    pauseFunction: (functionId, whatOfRuns) => pauses.pause(functionId, whatOfRuns),
    resumeFunction: (functionId) => pauses.resume(functionId),
    removeCancellation: (id) => canceller.removeCancellation(id),
    rerun: (runId, from) => runs.rerun(runId, from),
    invoke: (request) => runs.invoke(request),
    sendSignal: (signal) => runs.sendSignal(signal),
    register: (registration) => apps.register(registration),
    syncApp: (url, appName) => apps.syncApp(url, appName),
    removeApp: (url) => apps.removeApp(url),
  };
}
