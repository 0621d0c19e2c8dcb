import type { StepResolution } from "../../core/decide-resolution.ts";
import type { Registry } from "../apps/registry.ts";
import type { Clock } from "../clock.ts";
import type { Effects } from "../effects.ts";
import type { RunFeed } from "../realtime/run-feed.ts";
import type { Store } from "../store.ts";

export interface IntakeDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly feed: RunFeed;
  /** A new ULID, higher than any before it. */
  readonly createId: () => string;
}

/** The transaction that events are taken into. */
export interface IntakeTransaction {
  readonly deps: IntakeDeps;
  readonly effects: Effects;
  readonly nowMs: number;
  resolveStep(runId: string, resolution: StepResolution): void;
  cancelRun(runId: string, reason: string): void;
  /** Tells the step that invoked a function why nothing comes of it. */
  refuseInvoker(correlationId: string, reason: string): void;
}
