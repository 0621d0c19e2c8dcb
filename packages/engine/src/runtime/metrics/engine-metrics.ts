// What the engine counts. The names are documented in docs/operating.md; they are API.

import type { RunStatus, StepStatus } from "../../core/run.ts";
import { type Counter, type CounterBy, type Histogram, MetricsRegistry } from "./registry.ts";

/** What can keep a run from starting, or hold it up. */
export type LimitHit =
  | "rateLimit"
  | "idempotency"
  | "debounce"
  | "singleton"
  | "throttle"
  | "concurrency";

/** From an SDK that only plans to a step that copies a film. */
const CALL_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10, 60, 600];
/** From a fast disk to one that is in trouble. */
const COMMIT_SECONDS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const LAG_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** The counts of one engine, from its start on. */
export class EngineMetrics {
  readonly registry = new MetricsRegistry();
  readonly #eventsReceived: Counter;
  readonly #runsStarted: CounterBy;
  readonly #runsEnded: CounterBy;
  readonly #stepsEnded: CounterBy;
  readonly #limitsHit: CounterBy;
  readonly #requestsRefused: CounterBy;
  readonly #callsUnanswered: Counter;
  readonly #callSeconds: Histogram;
  readonly #commitSeconds: Histogram;
  readonly #commitWrites: Histogram;
  readonly #commitsRefused: Counter;
  readonly #lagSeconds: Histogram;

  constructor() {
    const { registry } = this;
    this.#eventsReceived = registry.counter(
      "system_bus_engine_events_received_total",
      "Events that were taken in from outside and are on the disk",
    );
    this.#runsStarted = registry.counterBy(
      "system_bus_engine_runs_started_total",
      "Runs that were created",
      ["function"],
    );
    this.#runsEnded = registry.counterBy(
      "system_bus_engine_runs_ended_total",
      "Runs that have ended, by how",
      ["function", "status"],
    );
    this.#stepsEnded = registry.counterBy(
      "system_bus_engine_steps_ended_total",
      "Steps that have ended, by how",
      ["status"],
    );
    this.#limitsHit = registry.counterBy(
      "system_bus_engine_limits_hit_total",
      "Times that flow control kept a run from starting or made it wait",
      ["limit"],
    );
    this.#requestsRefused = registry.counterBy(
      "system_bus_engine_requests_refused_total",
      "Requests that were answered with an error, by its code",
      ["code"],
    );
    this.#callSeconds = registry.histogram(
      "system_bus_engine_call_duration_seconds",
      "How long calls to apps took that were answered",
      CALL_SECONDS,
    );
    this.#callsUnanswered = registry.counter(
      "system_bus_engine_calls_unanswered_total",
      "Calls to apps that were refused or broken off, and will be repeated",
    );
    this.#commitSeconds = registry.histogram(
      "system_bus_engine_commit_duration_seconds",
      "How long the disk took for a commit",
      COMMIT_SECONDS,
    );
    this.#commitWrites = registry.histogram(
      "system_bus_engine_commit_writes",
      "Writes that one commit held",
      GROUP_SIZES,
    );
    this.#commitsRefused = registry.counter(
      "system_bus_engine_commits_refused_total",
      "Commits that the disk refused; nothing of them was acknowledged",
    );
    this.#lagSeconds = registry.histogram(
      "system_bus_engine_event_loop_lag_seconds",
      "How much later than asked a timer came, looked at twice a second",
      LAG_SECONDS,
    );
  }

  countEvents(count: number): void {
    this.#eventsReceived.add(count);
  }

  countRunStart(functionSlug: string): void {
    this.#runsStarted.add(functionSlug);
  }

  countRunEnd(functionSlug: string, status: RunStatus): void {
    this.#runsEnded.add(functionSlug, status);
  }

  countStepEnd(status: StepStatus): void {
    this.#stepsEnded.add(status);
  }

  countLimit(limit: LimitHit): void {
    this.#limitsHit.add(limit);
  }

  countRefusal(code: string): void {
    this.#requestsRefused.add(code);
  }

  observeCall(durationMs: number): void {
    this.#callSeconds.observe(durationMs / 1_000);
  }

  countUnansweredCall(): void {
    this.#callsUnanswered.add();
  }

  observeCommit(durationMs: number, writeCount: number): void {
    this.#commitSeconds.observe(durationMs / 1_000);
    this.#commitWrites.observe(writeCount);
  }

  countRefusedCommit(): void {
    this.#commitsRefused.add();
  }

  observeLag(durationMs: number): void {
    this.#lagSeconds.observe(durationMs / 1_000);
  }
}
