// The heart: what one answer of the SDK makes of a run.
//
// Invariants:
//   H1. Pure: no clock, no randomness, no I/O. The caller stores all changes in one transaction.
//   H2. The item of the call is, afterwards, either rescheduled or removed; never left as it was.
//   H3. A run that has not ended still has something that moves it: an open step or a queue item.
//   H4. Nothing is done twice: a step that is known stays as it is, and what was made from another result
//       of it is not taken.

import { assertNever } from "./assert.ts";
import type { Change } from "./change.ts";
import { findContradiction } from "./contradiction.ts";
import { addMetadata } from "./decide-metadata.ts";
import { addOp, type OpContext } from "./decide-op.ts";
import { STEP_OUTPUT_BYTES_MAX } from "./limits.ts";
import type { CallAnswer, CallOutcome, OpBase, SerializedError, StepOp } from "./outcome.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { RunView } from "./run.ts";
import { RunDraft } from "./run-draft.ts";

export interface CallContext extends OpContext {
  readonly nowMs: number;
  /** 0 … 1, for the jitter of a retry. */
  readonly random: number;
  /** Replaces Inngest's backoff table by a fixed delay. */
  readonly retryIntervalMs?: number;
  /** Another item settled a step of this run while the call was on its way. */
  readonly wereStepsSettledMeanwhile: boolean;
  /** A checkpoint of the call itself was stored. */
  readonly hasCheckpointed: boolean;
  /** The stored value of a settled step. */
  readonly findValueJson: (stepId: string) => string | null;
}

/** What an answer to a call makes of its run. */
export function decideCall(run: RunView, answer: CallAnswer, context: CallContext): Change[] {
  const draft = new RunDraft(run, context.nowMs, context.call);
  if (answer.requestVersion !== undefined) draft.pinVersion(answer.requestVersion);
  decideOutcome(draft, answer.outcome, context);
  return draft.changes;
}

function decideOutcome(draft: RunDraft, outcome: CallOutcome, context: CallContext): void {
  switch (outcome.kind) {
    case "ops":
      return decideOps(draft, outcome.ops, context, outcome.retryAfterMs);
    case "finished":
      return endCompleted(draft, outcome.output);
    case "failed":
      return retryOrFail(draft, outcome, context);
    case "malformed":
      return retryOrFail(draft, { error: protocolError(outcome.problem), mayRetry: true }, context);
    default:
      return assertNever(outcome);
  }
}

function decideOps(
  draft: RunDraft,
  ops: readonly StepOp[],
  context: CallContext,
  retryAfterMs: number | undefined,
): void {
  const unsupported = ops.find((op) => op.kind === "unsupported");
  if (unsupported) return draft.failRun(unsupportedError(unsupported.op));
  if (findContradiction(draft.run, ops, context.findValueJson)) {
    draft.removeItem(context.item.id);
    return draft.discover();
  }

  const retried = ops.find((op) => op.kind === "step-error" && mayTryAgain(draft, op, context));
  if (!retried) draft.removeItem(context.item.id);
  if (ops.filter(opensStep).length > 1) draft.setPlanning(true);
  else if (context.item.kind === "discovery") draft.endPlanning();

  for (const op of inPriorityOrder(ops)) {
    if (op === retried && op.kind === "step-error") {
      recordAttempt(draft, op, op.error, context);
      addMetadata(draft, op, context.item.attempt);
      reschedule(draft, context, retryAfterMs);
    } else if (op.kind === "run-complete") {
      endCompleted(draft, op.data);
    } else {
      addOp(draft, op, context);
    }
    if (draft.hasEnded) return;
  }
  if (!retried) keepMoving(draft, context);
}

/** H3: an answer that leaves nothing to wait for is asked again, and fails like any broken answer. */
function keepMoving(draft: RunDraft, context: CallContext): void {
  const { item, wereStepsSettledMeanwhile, hasCheckpointed } = context;
  if (item.kind === "step" && draft.findStep(item.stepId)?.status === "open") {
    return askAgain(draft, "the SDK's answer says nothing of the step that was called", context);
  }
  if (wereStepsSettledMeanwhile) draft.discoverAfterStep({ kind: "run", isRace: false });
  if (draft.hasDiscovery || draft.hasOpenSteps) return;
  // All that came is stored already: a checkpoint whose acknowledgement was lost is sent again with the
  // answer. Bounded, because the call did store something.
  if (hasCheckpointed || item.kind === "step") return draft.discover();
  askAgain(draft, "the SDK's answer has no step to run and no result", context);
}

function askAgain(draft: RunDraft, problem: string, context: CallContext): void {
  const failure = { error: protocolError(problem), mayRetry: true };
  retryOrFail(draft, failure, context, { isGone: true });
}

function endCompleted(draft: RunDraft, output: unknown): void {
  const outputJson = JSON.stringify(output ?? null);
  if (Buffer.byteLength(outputJson) > STEP_OUTPUT_BYTES_MAX) return draft.failRun(outputTooLarge());
  draft.endRun({ status: "COMPLETED", outputJson, error: null });
}

interface Failure {
  readonly error: SerializedError;
  readonly mayRetry: boolean;
  readonly retryAfterMs?: number;
}

function retryOrFail(
  draft: RunDraft,
  failure: Failure,
  context: CallContext,
  item: { readonly isGone: boolean } = { isGone: false },
): void {
  const { error, mayRetry, retryAfterMs } = failure;
  if (!mayRetry || context.item.attempt + 1 >= draft.run.attemptsMax) return draft.failRun(error);
  recordAttempt(draft, { id: context.item.stepId, displayName: "" }, error, context);
  if (item.isGone) draft.enqueue(context.item);
  reschedule(draft, context, retryAfterMs);
}

function mayTryAgain(
  draft: RunDraft,
  op: Extract<StepOp, { kind: "step-error" }>,
  { item }: CallContext,
): boolean {
  const isSettled = (draft.findStep(op.id)?.status ?? "open") !== "open";
  return op.mayRetry && !isSettled && item.attempt + 1 < draft.run.attemptsMax;
}

function reschedule(
  draft: RunDraft,
  { item, nowMs, random, retryIntervalMs }: CallContext,
  retryAfterMs: number | undefined,
): void {
  const backoff = { attemptIndex: item.attempt, jitter: random };
  const delayMs =
    retryAfterMs ??
    retryDelayMs(retryIntervalMs === undefined ? backoff : { ...backoff, retryIntervalMs });
  draft.changes.push({
    kind: "reschedule",
    itemId: item.id,
    attempt: item.attempt + 1,
    dueAtMs: nowMs + delayMs,
  });
}

function recordAttempt(
  draft: RunDraft,
  step: Pick<OpBase, "id" | "displayName" | "timing">,
  error: SerializedError,
  { item, startedAtMs, nowMs, call }: CallContext,
): void {
  draft.changes.push({
    kind: "record-attempt",
    attempt: {
      stepId: step.id,
      name: step.displayName,
      attempt: item.attempt,
      errorJson: JSON.stringify(error),
      queuedAtMs: item.queuedAtMs,
      startedAtMs: step.timing?.startedAtMs ?? startedAtMs,
      endedAtMs: nowMs,
      ...(call && { call }),
    },
  });
}

const OPENING_KINDS: ReadonlySet<StepOp["kind"]> = new Set([
  "step-planned",
  "sleep",
  "wait-for-event",
  "wait-for-signal",
  "invoke",
  "gateway",
]);

function opensStep(op: StepOp): boolean {
  return OPENING_KINDS.has(op.kind);
}

/** Waits come first, so that they exist before anything that the same answer sends. */
function inPriorityOrder(ops: readonly StepOp[]): StepOp[] {
  const isWait = ({ kind }: StepOp) => kind === "wait-for-event" || kind === "wait-for-signal";
  return [...ops.filter(isWait), ...ops.filter((op) => !isWait(op))];
}

function protocolError(problem: string): SerializedError {
  return { name: "ProtocolError", message: problem };
}

function outputTooLarge(): SerializedError {
  return {
    name: "OutputTooLargeError",
    message: `The function returned more than ${STEP_OUTPUT_BYTES_MAX} bytes. Write the data to a file and return a reference.`,
  };
}

function unsupportedError(op: string): SerializedError {
  return {
    name: "UnsupportedOpError",
    message: `The embedded engine cannot carry out "${op}" yet. Run this function on a real Inngest server.`,
  };
}
