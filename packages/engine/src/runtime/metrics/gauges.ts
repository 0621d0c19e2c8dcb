import type { Clock } from "../clock.ts";
import type { QueueSurvey } from "../queue/scheduler.ts";
import type { SpaceUse } from "../store.ts";
import type { MetricsRegistry } from "./registry.ts";

export interface GaugeSources {
  readonly registry: MetricsRegistry;
  readonly version: string;
  readonly clock: Clock;
  readonly surveyQueue: () => QueueSurvey;
  readonly callsInFlight: () => number;
  readonly parkedApps: () => number;
  readonly readSpace: () => SpaceUse;
}

/** What is looked up, not counted: the state of the engine and of its process. */
export function addGauges(sources: GaugeSources): void {
  const { registry, version, clock, callsInFlight, parkedApps } = sources;
  addQueueGauges(sources);
  registry.gauge(
    "system_bus_engine_calls_in_flight",
    "Calls to apps that are on their way",
    callsInFlight,
  );
  registry.gauge(
    "system_bus_engine_parked_apps",
    "Apps that do not answer and have calls waiting for them",
    parkedApps,
  );
  addSizeGauges(sources);
  const beganAtMs = clock.nowMs();
  registry.gauge(
    "system_bus_engine_uptime_seconds",
    "How long the engine has run",
    () => (clock.nowMs() - beganAtMs) / 1_000,
  );
  registry.gaugeBy(
    "system_bus_engine_build_info",
    "1, with the versions of the engine and of Bun",
    ["version", "bun"],
    () => [[[version, Bun.version], 1]],
  );
  addProcessMetrics(registry);
}

function addSizeGauges({ registry, readSpace }: GaugeSources): void {
  let space = readSpace();
  registry.beforeRender(() => {
    space = readSpace();
  });
  registry.gauge(
    "system_bus_engine_database_size_bytes",
    "Size of engine.db without its write-ahead log",
    () => space.fileBytes,
  );
  registry.gauge(
    "system_bus_engine_wal_size_bytes",
    "Size of the database's write-ahead log",
    () => space.logBytes,
  );
}

function addQueueGauges({ registry, surveyQueue, clock }: GaugeSources): void {
  let survey: QueueSurvey = { counts: new Map(), oldestDueAtMs: null };
  registry.beforeRender(() => {
    survey = surveyQueue();
  });
  registry.gaugeBy(
    "system_bus_engine_queue_items",
    "Items of the queue: later ones wait for their time, due ones for their turn or a limit, parked ones for their app, in-hand ones are carried out",
    ["kind", "state"],
    function* () {
      for (const [kind, states] of survey.counts) {
        for (const [state, count] of Object.entries(states)) yield [[kind, state], count];
      }
    },
  );
  registry.gauge(
    "system_bus_engine_queue_oldest_due_age_seconds",
    "How long the oldest item that is due has waited for its turn, a limit or its app",
    () => {
      const { oldestDueAtMs } = survey;
      return oldestDueAtMs === null ? 0 : Math.max(clock.nowMs() - oldestDueAtMs, 0) / 1_000;
    },
  );
}

/** Under the names that every exporter gives them. */
function addProcessMetrics(registry: MetricsRegistry): void {
  registry.gauge("process_resident_memory_bytes", "Resident memory size in bytes", () =>
    process.memoryUsage.rss(),
  );
  registry.counterFrom(
    "process_cpu_seconds_total",
    "Total user and system CPU time spent in seconds",
    () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000_000;
    },
  );
  const startedAtSeconds = Date.now() / 1_000 - process.uptime();
  registry.gauge(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds",
    () => startedAtSeconds,
  );
}
