import type { Rate } from "./gcra.ts";

/** The flow control that a function asks for; what is absent costs an event nothing. Protocol notes, section 2. */
export interface FlowControl {
  readonly cancelOn?: readonly CancelTrigger[];
  readonly timeouts?: RunTimeouts;
  /** Of `idempotency` and `rateLimit`, in the order in which they are asked. */
  readonly rateLimits?: readonly RateLimit[];
  readonly batch?: Batching;
  readonly debounce?: Debounce;
  readonly singleton?: Singleton;
  readonly throttle?: Throttle;
  /** An expression for the seconds by which a run goes before others of its age, or after. */
  readonly priority?: string;
}

/** Events with one key that start one run together. */
export interface Batching {
  /** So many start it, however soon. */
  readonly eventsMax: number;
  /** From the first event. */
  readonly timeoutMs: number;
  readonly key?: string;
  /** An event of which this does not hold starts a run of its own. */
  readonly condition?: string;
}

/** Of the events with one key the newest starts a run, when no other has come for a while. */
export interface Debounce {
  /** From the last event. */
  readonly periodMs: number;
  /** From the first one, however many come. */
  readonly timeoutMs?: number;
  readonly key?: string;
}

/** Runs above the rate start later. */
export interface Throttle extends Rate {
  readonly key?: string;
}

/** One run at a time for each key. */
export interface Singleton {
  /** What becomes of the newer run, or of the older. */
  readonly mode: "skip" | "cancel";
  readonly key?: string;
}

/** Events above the limit start nothing, and are not made up for. */
export interface RateLimit extends Rate {
  readonly option: "idempotency" | "rateLimit";
  readonly key?: string;
}

export interface RunTimeouts {
  /** From when the run is due to its first call. */
  readonly startMs?: number;
  /** From its first call to its end. */
  readonly finishMs?: number;
}

/** An event that cancels the function's runs. */
export interface CancelTrigger {
  readonly event: string;
  /** `event` is the one that started the run, `async` the one that arrives. */
  readonly expression?: string;
  /** How long after its creation, or until which date, a run can be cancelled so; a year when absent. */
  readonly timeout?: string;
}
