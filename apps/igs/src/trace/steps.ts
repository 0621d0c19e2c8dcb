import {
  type Attempt,
  type RunStep as ReadStep,
  readRunSteps,
  type SpanError,
  type TraceSpan,
} from "@system-bus/inngest-api";

interface FailedAttempt {
  readonly spanId: string;
  readonly error: SpanError;
}

/** A step as the command line tells of it, to people and in JSON. */
export interface RunStep {
  /** The step's id in the trace, or its span's where there is none. */
  readonly key: string;
  readonly name: string;
  readonly op: string | undefined;
  readonly status: TraceSpan["status"];
  readonly failedAttempts: readonly FailedAttempt[];
  readonly startedAt: string | undefined;
  readonly durationMs: number | undefined;
  readonly output: unknown;
}

const NO_ERROR: SpanError = { name: "Error", message: "failed without a message" };

/** In the order in which they began. */
export function readSteps(root: TraceSpan): readonly RunStep[] {
  return readRunSteps(root).filter(isStep).map(toStep);
}

/** Not a span of the app's own, of which one step may have hundreds. */
function isStep({ depth, op }: ReadStep): boolean {
  return depth === 0 || op !== "";
}

function toStep({
  id,
  name,
  op,
  status,
  attempts,
  startedAtMs,
  durationMs,
  output,
}: ReadStep): RunStep {
  return {
    key: id,
    name,
    op: op === "" ? undefined : op,
    status,
    failedAttempts: attempts.flatMap(toFailure),
    startedAt: startedAtMs === undefined ? undefined : new Date(startedAtMs).toISOString(),
    durationMs,
    output,
  };
}

function toFailure({ key, status, error }: Attempt): readonly FailedAttempt[] {
  return status === "FAILED" ? [{ spanId: key, error: error ?? NO_ERROR }] : [];
}
