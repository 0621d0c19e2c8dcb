import { assertNever } from "./assert.ts";
import type { CallFacts } from "./call-facts.ts";
import type { Change, StepRecord } from "./change.ts";
import { stepValueJson } from "./contradiction.ts";
import { addMetadata } from "./decide-metadata.ts";
import { parseTimeOrDuration } from "./duration.ts";
import { compileExpression } from "./expression/compile.ts";
import { STEP_OUTPUT_BYTES_MAX, STEPS_PER_RUN_MAX, WAIT_MS_MAX } from "./limits.ts";
import type { OpBase, SerializedError, StepOp } from "./outcome.ts";
import { type QueueItem, type QueueItemKind, stepItemId } from "./queue-item.ts";
import type { StepKind } from "./run.ts";
import type { RunDraft } from "./run-draft.ts";

/** The call that an op came with: its item's attempt and times become the step's. */
export interface OpContext {
  readonly item: QueueItem;
  readonly startedAtMs: number;
  /** Of the signals that the answer waits for, those that a step already waits for. */
  readonly takenSignals?: ReadonlySet<string>;
  readonly call?: CallFacts;
}

/** Adds one op of an answer to the draft. Retries and the run's end are `decideCall`'s. */
export function addOp(draft: RunDraft, op: StepOp, context: OpContext): void {
  const isNew = isStep(op) && draft.findStep(op.id) === undefined;
  if (isNew && draft.stepCount >= STEPS_PER_RUN_MAX) return draft.failRun(tooManySteps());
  const isResult = op.kind === "step-done" || op.kind === "step-error";
  addMetadata(draft, op, isResult ? context.item.attempt : 0);
  switch (op.kind) {
    case "step-done":
      return addDoneStep(draft, op, context);
    case "step-error":
      return addFailedStep(draft, op, context);
    case "step-planned":
      return openStep(draft, op, { kind: "run", inputJson: toJson(op.input), enqueue: "step" });
    case "sleep":
      return openTimed(draft, op, op.until, { kind: "sleep", enqueue: "sleep" });
    case "wait-for-event":
      return openWait(draft, op);
    case "wait-for-signal":
      return openSignalWait(draft, op, context);
    case "invoke":
      return openInvoke(draft, op);
    case "gateway":
      return openGateway(draft, op);
    case "discovery-request":
      return draft.discover();
    case "none":
    case "run-complete":
    case "unsupported":
      return;
    default:
      return assertNever(op);
  }
}

function isStep({ kind }: StepOp): boolean {
  return kind !== "discovery-request" && kind !== "none";
}

function addDoneStep(
  draft: RunDraft,
  op: Extract<StepOp, { kind: "step-done" }>,
  context: OpContext,
): void {
  const valueJson = stepValueJson(op);
  if (isTooLarge(valueJson)) return draft.failRun(tooLarge(op, "returned"));
  if (settle(draft, op, context, { status: "completed", valueJson })) {
    draft.discoverAfterStep({ kind: "run", isRace: op.isRace });
  }
}

function addFailedStep(
  draft: RunDraft,
  op: Extract<StepOp, { kind: "step-error" }>,
  context: OpContext,
): void {
  const valueJson = stepValueJson(op);
  if (settle(draft, op, context, { status: "failed", valueJson })) {
    draft.discoverAfterStep({ kind: "run", isRace: op.isRace });
  }
}

/** A step that was planned is settled; one that ran at once is added as it ended. */
function settle(
  draft: RunDraft,
  op: OpBase,
  { item, startedAtMs, call }: OpContext,
  result: { readonly status: "completed" | "failed"; readonly valueJson: string },
): boolean {
  const startedMs = op.timing?.startedAtMs ?? startedAtMs;
  const times = {
    attempt: item.attempt,
    startedAtMs: startedMs,
    endedAtMs: op.timing ? startedMs + op.timing.durationMs : draft.nowMs,
    ...(call && { call }),
  };
  if (draft.findStep(op.id)) return draft.settleStep({ stepId: op.id, ...result, ...times });
  return draft.addStep({
    ...openRecord(draft, op, "run", null),
    ...result,
    ...times,
    queuedAtMs: item.queuedAtMs,
  });
}

interface Opening {
  readonly kind: StepKind;
  readonly inputJson: string | null;
  readonly enqueue?: QueueItemKind;
  readonly dueAtMs?: number;
  readonly payloadJson?: string;
}

function openStep(draft: RunDraft, op: OpBase, opening: Opening): void {
  if (isTooLarge(opening.inputJson)) return draft.failRun(tooLarge(op, "is given"));
  if (!draft.addStep(openRecord(draft, op, opening.kind, opening.inputJson))) return;
  if (opening.enqueue) enqueueFor(draft, op.id, opening.enqueue, opening);
}

function openTimed(
  draft: RunDraft,
  op: OpBase,
  until: string,
  opening: { readonly kind: StepKind; readonly enqueue: QueueItemKind },
): void {
  const dueAtMs = parseTimeOrDuration(until, draft.nowMs);
  if (dueAtMs === null || dueAtMs - draft.nowMs > WAIT_MS_MAX) {
    return draft.failRun(badDuration(op, until));
  }
  openStep(draft, op, { ...opening, inputJson: toJson({ until }), dueAtMs });
}

function openWait(draft: RunDraft, op: Extract<StepOp, { kind: "wait-for-event" }>): void {
  const expression = op.expression ?? null;
  const compiled = expression === null ? null : compileExpression(expression);
  if (compiled && !compiled.ok) return draft.failRun(badExpression(op, compiled.problem));
  const dueAtMs = parseTimeOrDuration(op.timeout, draft.nowMs);
  if (dueAtMs === null) return draft.failRun(badDuration(op, op.timeout));
  const input = { event: op.eventName, timeout: op.timeout, if: expression };
  const record = openRecord(draft, op, "wait-for-event", toJson(input));
  if (!draft.addStep(record)) return;
  draft.changes.push({ kind: "add-wait", stepId: op.id, eventName: op.eventName, expression });
  enqueueFor(draft, op.id, "wait-timeout", { dueAtMs });
}

function openSignalWait(
  draft: RunDraft,
  op: Extract<StepOp, { kind: "wait-for-signal" }>,
  { takenSignals }: OpContext,
): void {
  const { id: stepId, signal, timeout, replaces } = op;
  // An answer that comes twice finds the signal taken by itself.
  if (draft.findStep(stepId)) return;
  const isTaken =
    takenSignals?.has(signal) || draft.changes.some((change) => isWaitFor(signal, change));
  if (isTaken && !replaces) return draft.failRun(signalConflict(op));
  const dueAtMs = parseTimeOrDuration(timeout, draft.nowMs);
  if (dueAtMs === null) return draft.failRun(badDuration(op, timeout));
  const input = { signal, timeout, onConflict: replaces ? "replace" : "fail" };
  if (!draft.addStep(openRecord(draft, op, "wait-for-signal", toJson(input)))) return;
  draft.changes.push({ kind: "add-signal-wait", stepId, signal });
  enqueueFor(draft, stepId, "signal-timeout", { dueAtMs });
}

function isWaitFor(signal: string, change: Change): boolean {
  return change.kind === "add-signal-wait" && change.signal === signal;
}

function openInvoke(draft: RunDraft, op: Extract<StepOp, { kind: "invoke" }>): void {
  const dueAtMs =
    op.timeout === undefined
      ? draft.nowMs + WAIT_MS_MAX
      : parseTimeOrDuration(op.timeout, draft.nowMs);
  if (dueAtMs === null) return draft.failRun(badDuration(op, op.timeout ?? ""));
  const input = { function: op.functionId, data: op.payload.data ?? {} };
  const inputJson = toJson(input);
  if (isTooLarge(inputJson)) return draft.failRun(tooLarge(op, "is given"));
  if (!draft.addStep(openRecord(draft, op, "invoke", inputJson))) return;
  enqueueFor(draft, op.id, "invoke-timeout", { dueAtMs });
  draft.changes.push({
    kind: "invoke",
    stepId: op.id,
    functionId: op.functionId,
    dataJson: JSON.stringify(op.payload.data ?? {}),
    userJson: JSON.stringify(op.payload.user ?? {}),
    v: op.payload.v ?? null,
  });
}

/** The request with its secrets is in the queue item and goes with it. */
function openGateway(draft: RunDraft, op: Extract<StepOp, { kind: "gateway" }>): void {
  openStep(draft, op, {
    kind: op.request.shape === "model" ? "ai-gateway" : "gateway",
    inputJson: toJson(op.shown),
    enqueue: "request",
    payloadJson: JSON.stringify(op.request),
  });
}

function enqueueFor(
  draft: RunDraft,
  stepId: string,
  kind: QueueItemKind,
  options: { readonly dueAtMs?: number; readonly payloadJson?: string },
): void {
  const { runId } = draft.run;
  draft.enqueue({
    id: stepItemId(runId, kind, stepId),
    runId,
    kind,
    stepId,
    attempt: 0,
    dueAtMs: options.dueAtMs ?? draft.nowMs,
    queuedAtMs: draft.nowMs,
    payloadJson: options.payloadJson ?? null,
  });
}

function openRecord(
  draft: RunDraft,
  op: OpBase,
  kind: StepKind,
  inputJson: string | null,
): StepRecord {
  return {
    stepId: op.id,
    name: op.displayName,
    kind,
    status: "open",
    isRace: op.isRace,
    inputJson,
    valueJson: null,
    attempt: 0,
    queuedAtMs: draft.nowMs,
    startedAtMs: null,
    endedAtMs: null,
  };
}

function isTooLarge(json: string | null): boolean {
  return json !== null && Buffer.byteLength(json) > STEP_OUTPUT_BYTES_MAX;
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function tooManySteps(): SerializedError {
  return {
    name: "StepLimitError",
    message: `The run has more than ${STEPS_PER_RUN_MAX} steps. Split it: send events and let other runs do the rest.`,
  };
}

function tooLarge(op: OpBase, what: "returned" | "is given"): SerializedError {
  return {
    name: what === "returned" ? "OutputTooLargeError" : "InputTooLargeError",
    message: `Step "${op.displayName}" ${what} more than ${STEP_OUTPUT_BYTES_MAX} bytes. Write the data to a file and return a reference.`,
  };
}

function badDuration(op: OpBase, text: string): SerializedError {
  return {
    name: "InvalidDurationError",
    message: `Step "${op.displayName}" waits for "${text}", which is no duration of at most 366 days and no date. Use one unit, such as "90s".`,
  };
}

/** It begins with Inngest's words. Protocol notes, section 1.5. */
function signalConflict({ displayName, signal }: OpBase & { signal: string }): SerializedError {
  return {
    name: "Error",
    message: `Signal conflict; signal wait already exists for another run (step "${displayName}", signal "${signal}")`,
  };
}

function badExpression(op: OpBase, problem: string): SerializedError {
  return {
    name: "InvalidExpression",
    message: `The "if" of step "${op.displayName}" does not compile: ${problem}`,
  };
}
