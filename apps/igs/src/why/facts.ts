import type {
  AppFunction,
  FunctionStart,
  ReceivedEvent,
  Run,
  RunJob,
  SpanError,
} from "@system-bus/inngest-api";
import type { ProgramSeen } from "../follow/program-feed.ts";

/** A step as far as it explains its run. */
export interface StepFacts {
  readonly stepId: string;
  readonly name: string;
  readonly op: string;
  readonly status: Run["status"];
  readonly since: string | null;
  readonly input: unknown;
  readonly failedErrors: readonly SpanError[];
}

/** All that is known of one run. What the server doesn't tell is null. */
export interface RunFacts {
  readonly run: Run;
  readonly error: SpanError | null;
  readonly steps: readonly StepFacts[];
  readonly jobs: readonly RunJob[] | null;
  /** Null when the engine knows no such function any more. */
  readonly fn: AppFunction | null;
  readonly start: FunctionStart | null;
  /** Of a batch the first; null when the run has none, or it is kept no longer. */
  readonly event: ReceivedEvent | null;
  /** Null when the app's worker doesn't answer. */
  readonly programs: readonly ProgramSeen[] | null;
  /** Where its app is called, when nothing answers there. */
  readonly deadAddress: string | null;
  /** Other unfinished runs of its function that are at work. */
  readonly busyRunIds: readonly string[];
  /** What invoking steps wait for, by their id. */
  readonly invoked: ReadonlyMap<string, RunFacts>;
  readonly cancelReason: string | null;
  /** Internal ids of the events that its steps have sent. */
  readonly sentEventIds: readonly string[];
}

export interface Sender {
  readonly run: Run;
  /** Null where it was not a step that sent the event. */
  readonly step: string | null;
}

/** A run in its chain. */
export interface RunStory {
  readonly focus: RunFacts;
  /** Who sent its event, who sent that one's, and so on; the nearest first. */
  readonly senders: readonly Sender[];
  /** The runs that its own events started, and theirs. */
  readonly started: readonly RunFacts[];
}

/** An event, and who listens for it. */
export interface EventStory {
  readonly event: ReceivedEvent;
  readonly runs: readonly Run[];
  readonly listeners: readonly Listener[];
  /** An earlier event with the same id of the sender's, and the runs that it started. */
  readonly twin: { readonly eventId: string; readonly runIds: readonly string[] } | null;
  readonly closeMatches: readonly string[];
  readonly nowMs: number;
}

export interface Listener {
  readonly fn: AppFunction;
  readonly start: FunctionStart | null;
  /** Whether the condition of its trigger holds for the event; null where it has none. */
  readonly condition: {
    readonly text: string;
    readonly holds: boolean | null;
    readonly problem: string | null;
  } | null;
}
