import type { ConcurrencySlot } from "./concurrency.ts";

/** The states of Inngest's REST API v2. The last three are final, and so is SKIPPED. */
export type RunStatus = "QUEUED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED" | "SKIPPED";

export function hasEnded(status: RunStatus): boolean {
  return status !== "QUEUED" && status !== "RUNNING";
}

/** How a step is carried out. Named as in traces: RUN, SLEEP, WAIT_FOR_EVENT, INVOKE, AI_GATEWAY, … */
export type StepKind =
  | "run"
  | "sleep"
  | "wait-for-event"
  | "wait-for-signal"
  | "invoke"
  | "ai-gateway"
  | "gateway";

/** `open` steps wait for something: a call, a timer, an event, a signal, a child run, an HTTP answer. */
export type StepStatus = "open" | "completed" | "failed" | "timed-out";

export interface Run {
  readonly id: string;
  readonly functionId: string;
  readonly appId: string;
  /** Of a batch the first. */
  readonly eventInternalId: string;
  /** The batch that started it, also of a run that repeats such a one; null for a single event. */
  readonly batchId: string | null;
  readonly status: RunStatus;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** JSON: the function's result, or its error when it failed. Null while the run goes on. */
  readonly outputJson: string | null;
  /** Pinned from the SDK's first answer; -1 before it. Protocol notes, section 1.3. */
  readonly requestVersion: number;
  /** True after an answer with several ops: the next calls only plan (`disable_immediate_execution`). */
  readonly isPlanning: boolean;
  readonly slots: readonly ConcurrencySlot[];
  /** Its place in line when a priority moved it, else null: then the id is its place. */
  readonly rank: string | null;
  /** `<runId>.<stepId>` of the `step.invoke` that waits for this run. */
  readonly correlationId: string | null;
  readonly rerunOf: string | null;
}

/** A run before its first call. */
export interface NewRun {
  readonly id: string;
  readonly functionId: string;
  readonly appId: string;
  readonly eventInternalId: string;
  readonly batchId: string | null;
  readonly queuedAtMs: number;
  readonly slotsJson: string;
  readonly rank: string | null;
  readonly correlationId: string | null;
  readonly rerunOf: string | null;
}

/** A step as the SDK is given it: its stored value, or the input of a planned one. */
export interface StepState {
  readonly stepId: string;
  readonly status: StepStatus;
  readonly inputJson: string | null;
  readonly valueJson: string | null;
}

/** What `decide` has to know of a step that the run already has. */
export interface KnownStep {
  readonly kind: StepKind;
  readonly status: StepStatus;
  readonly isRace: boolean;
  /** Of its stored value; 0 while it is open. */
  readonly sizeBytes: number;
}

/** A run as `decide` sees it: no payloads, only what a choice depends on. */
export interface RunView {
  readonly runId: string;
  readonly attemptsMax: number;
  readonly requestVersion: number;
  readonly isPlanning: boolean;
  /** A discovery item exists, whether it waits or its call is on its way. */
  readonly hasDiscovery: boolean;
  readonly steps: ReadonlyMap<string, KnownStep>;
  /** The highest place in the run's stack that one of them has; 0 while there are none. */
  readonly lastPosition: number;
}
