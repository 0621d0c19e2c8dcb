import {
  type Attempt,
  type RunStep as ReadStep,
  readRunSteps,
  type SpanError,
  type TraceSpan,
} from "@system-bus/inngest-api";

/** One try of a step, as it was measured. */
export interface StepAttempt {
  readonly status: TraceSpan["status"];
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** From when its call was due until it began; undefined where the engine doesn't tell. */
  readonly queueMs: number | undefined;
}

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
  readonly attempts: readonly StepAttempt[];
  readonly failedAttempts: readonly FailedAttempt[];
  readonly queuedAt: string | undefined;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  readonly durationMs: number | undefined;
  readonly input: unknown;
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
  queuedAtMs,
  startedAtMs,
  endedAtMs,
  durationMs,
  input,
  output,
}: ReadStep): RunStep {
  return {
    key: id,
    name,
    op: op === "" ? undefined : op,
    status,
    attempts: attempts.map(toAttempt),
    failedAttempts: attempts.flatMap(toFailure),
    queuedAt: toMoment(queuedAtMs),
    startedAt: toMoment(startedAtMs),
    endedAt: toMoment(endedAtMs),
    durationMs,
    input,
    output,
  };
}

function toAttempt({ status, startedAtMs, endedAtMs, queueMs }: Attempt): StepAttempt {
  return { status, startedAt: toMoment(startedAtMs), endedAt: toMoment(endedAtMs), queueMs };
}

function toMoment(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}

function toFailure({ key, status, error }: Attempt): readonly FailedAttempt[] {
  return status === "FAILED" ? [{ spanId: key, error: error ?? NO_ERROR }] : [];
}
