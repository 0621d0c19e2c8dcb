import type { CallFacts } from "./call-facts.ts";
import type { MetadataTarget, MetadataUpdate } from "./metadata.ts";
import type { SerializedError } from "./outcome.ts";
import type { QueueItem } from "./queue-item.ts";
import type { RunStatus, StepKind, StepStatus } from "./run.ts";

/** A step's row. `valueJson` is exactly what the SDK is given for it; null while the step is open. */
export interface StepRecord {
  readonly stepId: string;
  readonly name: string;
  readonly kind: StepKind;
  readonly status: StepStatus;
  readonly isRace: boolean;
  /** What the trace shows as the step's input; never a secret. */
  readonly inputJson: string | null;
  readonly valueJson: string | null;
  readonly attempt: number;
  readonly queuedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** Absent where nothing was called for it. */
  readonly call?: CallFacts;
}

/** A try that failed. The try that settled a step is in the step's own row. */
export interface FailedAttempt {
  /** Empty when the function itself failed, outside any step. */
  readonly stepId: string;
  readonly name: string;
  readonly attempt: number;
  readonly errorJson: string;
  readonly queuedAtMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Absent where nothing was called for it. */
  readonly call?: CallFacts;
}

export interface StepSettlement {
  readonly stepId: string;
  readonly status: Exclude<StepStatus, "open">;
  readonly valueJson: string;
  readonly attempt: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number;
  /** Absent where nothing was called for it. */
  readonly call?: CallFacts;
}

/** One thing to store. A list of them is written in one transaction, in order (`store/apply.ts`). */
export type Change =
  | { readonly kind: "pin-version"; readonly requestVersion: number }
  | { readonly kind: "set-planning"; readonly isPlanning: boolean }
  /** Adds a step, open or already done. A step that is there stays as it is: answers may come twice. */
  | { readonly kind: "add-step"; readonly step: StepRecord; readonly position: number }
  /** Ends an open step. */
  | {
      readonly kind: "settle-step";
      readonly settlement: StepSettlement;
      /** A step takes its place in the stack when it is settled, not when it was planned. */
      readonly position: number;
    }
  | { readonly kind: "record-attempt"; readonly attempt: FailedAttempt }
  | {
      readonly kind: "update-metadata";
      readonly target: MetadataTarget;
      readonly updates: readonly MetadataUpdate[];
    }
  | { readonly kind: "enqueue"; readonly item: QueueItem }
  | {
      readonly kind: "reschedule";
      readonly itemId: string;
      readonly attempt: number;
      readonly dueAtMs: number;
    }
  /** After a checkpoint of a retried call: the call goes on, the next failure has the full budget. */
  | { readonly kind: "reset-attempt"; readonly itemId: string }
  | { readonly kind: "remove-item"; readonly itemId: string }
  | {
      readonly kind: "add-wait";
      readonly stepId: string;
      readonly eventName: string;
      readonly expression: string | null;
    }
  | { readonly kind: "remove-wait"; readonly stepId: string }
  /** Takes the signal over from whoever waits for it: `decide…` has seen to it that this is wanted. */
  | { readonly kind: "add-signal-wait"; readonly stepId: string; readonly signal: string }
  | { readonly kind: "remove-signal-wait"; readonly stepId: string }
  | {
      readonly kind: "invoke";
      readonly stepId: string;
      readonly functionId: string;
      readonly dataJson: string;
      readonly userJson: string;
      readonly v: string | null;
    }
  | { readonly kind: "end-run"; readonly ending: RunEnding };

export interface RunEnding {
  readonly status: Exclude<RunStatus, "QUEUED" | "RUNNING" | "SKIPPED">;
  /** JSON of the result; for a failed or cancelled run the error. */
  readonly outputJson: string;
  readonly error: SerializedError | null;
  readonly endedAtMs: number;
  /** The one whose answer ended the run; absent where no answer did. */
  readonly call?: CallFacts;
}
