// Where the parts of the runtime meet. `engine.ts` starts and stops what is made here.

import { version } from "../package.json";
import type { Retention as RetentionLimits } from "./core/retention.ts";
import { createUlidSource } from "./core/ulid.ts";
import type { EngineCoreOptions } from "./engine-options.ts";
import { AppCommands } from "./runtime/apps/app-commands.ts";
import { FunctionPauses } from "./runtime/apps/function-pauses.ts";
import { Registry } from "./runtime/apps/registry.ts";
import { Resync } from "./runtime/apps/resync.ts";
import { BulkCanceller } from "./runtime/bulk-canceller.ts";
import { InFlight } from "./runtime/calls/in-flight.ts";
import { SdkCaller } from "./runtime/calls/sdk-caller.ts";
import { systemClock } from "./runtime/clock.ts";
import type { EngineCommands } from "./runtime/commands.ts";
import type { EndedRunNotice } from "./runtime/effects.ts";
import { Executor } from "./runtime/executor.ts";
import { ScheduleKeeper } from "./runtime/intake/schedule-keeper.ts";
import type { EngineMetrics } from "./runtime/metrics/engine-metrics.ts";
import { addGauges } from "./runtime/metrics/gauges.ts";
import { Scheduler } from "./runtime/queue/scheduler.ts";
import type { RealtimeHub } from "./runtime/realtime/hub.ts";
import { RunFeed } from "./runtime/realtime/run-feed.ts";
import { RunCommands } from "./runtime/run-commands.ts";
import { TraceCommands } from "./runtime/trace-commands.ts";
import { TraceExporter } from "./runtime/trace-export/trace-exporter.ts";
import { Housekeeper } from "./runtime/upkeep/housekeeper.ts";
import { Retention } from "./runtime/upkeep/retention.ts";
import { Upkeep } from "./runtime/upkeep/upkeep.ts";
import type { OpenStore } from "./store/files/open-store.ts";
import type { SqlReadStore } from "./store/read-store.ts";

export interface WiringOptions {
  readonly options: EngineCoreOptions;
  readonly opened: OpenStore;
  readonly reads: SqlReadStore;
  readonly hub: RealtimeHub;
  readonly metrics: EngineMetrics;
}

/** What the engine starts once its queue is loaded, and stops before all else. */
export interface BackgroundPart {
  start(): void;
  stop(): void;
}

export interface EngineParts {
  readonly scheduler: Scheduler;
  readonly executor: Executor;
  readonly registry: Registry;
  readonly apps: AppCommands;
  readonly resync: Resync;
  readonly upkeep: Upkeep;
  readonly exporter: TraceExporter | undefined;
  readonly background: readonly BackgroundPart[];
  readonly commands: EngineCommands;
}

/** Below the 256 requests that Bun's fetch has on their way at once; more would wait unseen. */
const CALLS_MAX = 240;
/** Each takes one transaction; a bound on what one commit may hold. */
const TIMERS_MAX = 500;
/** Inngest's limit for one call over HTTP. */
const CALL_TIMEOUT_MS = 2 * 60 * 60 * 1_000;
const KEEP_ALL: RetentionLimits = { keptMs: null, runsMax: null };

export function wireEngine(wiring: WiringOptions): EngineParts {
  const { options, opened, metrics } = wiring;
  const shared = createShared(wiring, {
    scheduler: () => scheduler,
    // The last two are made of what they are told by.
    onRunEnded: (notice) => {
      executor.forgetRun(notice.runId);
      upkeep.retention.noteEnded();
      exporter?.wake();
      options.onRunEnded?.(notice);
    },
  });
  const { store, registry, inFlight, log, fetch } = shared;
  const { isDev, signingKeys, retryIntervalMs, random = Math.random } = options;
  const sdk = new SdkCaller({ ...shared, signingKeys, timeoutMs: CALL_TIMEOUT_MS });
  const executor = new Executor({ ...shared, sdk, random, retryIntervalMs, isDev });
  const scheduler = createScheduler(shared, executor);
  const apps = new AppCommands({ ...shared, signingKeys, isDev });
  const canceller = new BulkCanceller(shared);
  const upkeep = createUpkeep(wiring, shared, apps);
  const exporting = {
    store,
    reads: wiring.reads,
    clock: shared.clock,
    fetch,
    random,
    log,
    version,
  };
  const exporter =
    options.traceExport && new TraceExporter({ ...exporting, options: options.traceExport });
  addGauges({
    registry: metrics.registry,
    version,
    clock: shared.clock,
    surveyQueue: () => scheduler.survey(),
    callsInFlight: () => inFlight.size,
    parkedApps: () => scheduler.parkedAppCount,
    readSpace: () => opened.store.space.use(),
  });
  const background = [upkeep.housekeeper, canceller, upkeep.retention, new ScheduleKeeper(shared)];
  return {
    scheduler,
    executor,
    registry,
    apps,
    resync: createResync(shared, options, apps),
    upkeep: upkeep.upkeep,
    exporter,
    background,
    commands: bindCommands(shared, { apps, canceller }),
  };
}

type Shared = ReturnType<typeof createShared>;

/** What most parts are given. */
function createShared(
  { options, opened, hub, metrics }: WiringOptions,
  late: {
    readonly scheduler: () => Scheduler;
    readonly onRunEnded: (notice: EndedRunNotice) => void;
  },
) {
  const { clock = systemClock, onLog: log = () => {} } = options;
  const inFlight = new InFlight(opened.epoch);
  const createUlid = createUlidSource({ nowMs: () => clock.nowMs(), random: Math.random });
  const callOutside = (url: string, init: RequestInit) => globalThis.fetch(url, init);
  return {
    ...late,
    store: opened.store,
    registry: new Registry(),
    clock,
    log,
    inFlight,
    metrics,
    feed: new RunFeed(hub),
    fetch: options.fetch ?? callOutside,
    createId: options.createId ?? createUlid,
    onStepSettled: (runId: string, byItemId: string | null) =>
      inFlight.markSettled(runId, byItemId),
  };
}

function createScheduler({ clock, store, metrics }: Shared, executor: Executor): Scheduler {
  return new Scheduler({
    clock,
    callsMax: CALLS_MAX,
    timersMax: TIMERS_MAX,
    carryOut: (item) => void executor.carryOut(item),
    onLimited: (limit) => metrics.countLimit(limit),
    findUsedUntilMs: (name) => store.gcra.findUsedUntilMs(name),
  });
}

function createUpkeep({ options, opened }: WiringOptions, shared: Shared, apps: AppCommands) {
  const { store, clock } = shared;
  const retention = new Retention({
    ...shared,
    limits: options.retention ?? KEEP_ALL,
    forgetFunctions: (untilMs) => apps.forgetArchived(untilMs),
  });
  const housekeeper = new Housekeeper({ ...shared, sweepHistory: () => retention.sweep() });
  return { retention, housekeeper, upkeep: new Upkeep({ store, clock, files: opened.files }) };
}

function createResync(
  { registry, clock, log }: Shared,
  { sdkUrls = [] }: EngineCoreOptions,
  apps: AppCommands,
): Resync {
  return new Resync({
    syncApp: (url) => apps.syncApp(url),
    isExpected: (url) => sdkUrls.includes(url) || registry.urls.includes(url),
    clock,
    log,
  });
}

function bindCommands(
  shared: Shared,
  { apps, canceller }: { readonly apps: AppCommands; readonly canceller: BulkCanceller },
): EngineCommands {
  const runs = new RunCommands(shared);
  const traces = new TraceCommands(shared);
  const pauses = new FunctionPauses({ ...shared, canceller, reload: () => apps.load() });
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
    isInHand: (itemId) => shared.scheduler().isInHand(itemId),
  };
}
