import type { Run } from "@system-bus/inngest-api";

/** What is known of an event without its data, of which there may be more than fits into memory. */
export interface EventFacts {
  /** The source's own id. */
  readonly internalId: string;
  readonly name: string;
  /** Made by a step of another run that waits for the answer. */
  readonly isStepInvocation: boolean;
}

export interface StepFacts {
  readonly name: string;
  /** RUN, SLEEP, WAIT_FOR_EVENT, …; undefined where the engine doesn't say. */
  readonly op: string | undefined;
  readonly isDone: boolean;
}

/** An unfinished run of the source, and what moving it depends on. */
export interface RunFacts {
  readonly run: Run;
  /** Those that the source still keeps, in their order. Several when a batch started the run. */
  readonly events: readonly EventFacts[];
  readonly goneEventCount: number;
  /** Other runs that the same events have started. */
  readonly siblings: readonly Run[];
  readonly steps: readonly StepFacts[];
}
