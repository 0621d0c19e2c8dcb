import type { Run, SpanError } from "@system-bus/inngest-api";
import type { RunStep } from "../trace/steps.ts";

/** What a look at the engine brought that was not known before. */
export type ChainChange =
  | {
      readonly type: "event";
      readonly eventId: string;
      readonly name: string;
      readonly fromRunId: string | null;
      readonly listenerCount: number | null;
    }
  | { readonly type: "run-started"; readonly run: Run }
  | { readonly type: "step-started"; readonly runId: string; readonly step: RunStep }
  | { readonly type: "step-ended"; readonly runId: string; readonly step: RunStep }
  | {
      readonly type: "attempt-failed";
      readonly runId: string;
      readonly step: RunStep;
      /** Counts from 1. */
      readonly attemptNumber: number;
      readonly error: SpanError;
    }
  | { readonly type: "run-ended"; readonly run: Run; readonly output: unknown };
