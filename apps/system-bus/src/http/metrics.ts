import type { MiddlewareHandler } from "hono";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly contentType: string;
  /** Counts and times the calls of the engine. */
  readonly countCalls: MiddlewareHandler;
  render(now: MetricsNow): Promise<string>;
}

/** What is looked up when somebody asks. */
export interface MetricsNow {
  readonly functionCount: number;
  readonly isRegistered: boolean;
  readonly programCounts: Readonly<Record<string, number>>;
}

/** From a replay of a few steps to a step that copies a film. */
const CALL_SECONDS = [0.002, 0.01, 0.05, 0.25, 1, 5, 30, 120, 600];
const PROGRAM_STATES = ["requested", "waiting", "running", "orphaned"] as const;

/** A registry of its own, so that two workers in one process (tests) don't share counts. */
export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const [registry] = registers;
  collectDefaultMetrics({ ...(registry ? { register: registry } : {}) });
  const calls = new Counter({
    name: "system_bus_calls_total",
    help: "Calls of the engine, by the status that they were answered with",
    labelNames: ["method", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "system_bus_call_seconds",
    help: "How long calls of the engine took",
    buckets: CALL_SECONDS,
    registers,
  });
  const inFlight = new Gauge({
    name: "system_bus_calls_in_flight",
    help: "Calls of the engine that are being answered",
    registers,
  });
  const functions = new Gauge({
    name: "system_bus_functions",
    help: "Functions that this worker serves",
    registers,
  });
  const registered = new Gauge({
    name: "system_bus_registered",
    help: "1 when the engine has the functions as the code has them",
    registers,
  });
  const programs = new Gauge({
    name: "system_bus_programs",
    help: "External programs that have not ended, by state",
    labelNames: ["state"],
    registers,
  });

  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    countCalls: async (c, next) => {
      inFlight.inc();
      const end = seconds.startTimer();
      try {
        await next();
      } finally {
        end();
        inFlight.dec();
        calls.inc({ method: c.req.method, status: String(c.res.status) });
      }
    },
    async render({ functionCount, isRegistered, programCounts }) {
      functions.set(functionCount);
      registered.set(isRegistered ? 1 : 0);
      for (const state of PROGRAM_STATES) programs.set({ state }, programCounts[state] ?? 0);
      return (await registry?.metrics()) ?? "";
    },
  };
}
