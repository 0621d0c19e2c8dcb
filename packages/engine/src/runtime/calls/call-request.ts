// What the SDK is sent: protocol notes, section 1.3. Event and step values are stored as JSON text and
// go out as they are.

import type { AppFunction } from "../../core/app.ts";
import type { QueueItem } from "../../core/queue-item.ts";
import type { Run, StepState } from "../../core/run.ts";
import { runSpanId, stepSpanId, traceIdOf } from "../../core/trace-ids.ts";
import { writeCallId } from "../../protocol/call-id.ts";
import type { CallInFlight } from "./in-flight.ts";
import type { SdkRequest } from "./sdk-caller.ts";

/** Above this the SDK is told to fetch the state itself (`use_api`). Protocol notes, section 1.3. */
const STATE_BYTES_MAX = 4 * 1024 * 1024;

export interface CallInput {
  readonly url: string;
  readonly run: Run;
  readonly fn: AppFunction;
  readonly item: QueueItem;
  readonly call: CallInFlight;
  /** At least one; the first is `event`. */
  readonly eventJsons: readonly string[];
  readonly steps: readonly StepState[];
  readonly isDev: boolean;
}

export function createCallRequest(input: CallInput): SdkRequest {
  const { url, run, item, call, isDev } = input;
  return {
    url,
    bodyJson: createBody(input),
    headers: {
      "x-run-id": run.id,
      "x-request-id": `${call.generationId}`,
      "x-inngest-job-id": item.id,
      "x-inngest-generation-id": `${call.generationId}`,
      "x-inngest-req-version": `${run.requestVersion}`,
      "x-inngest-server-kind": isDev ? "dev" : "cloud",
      traceparent: traceParent(item),
    },
  };
}

/** What the SDK is asked for: one step, or the function itself. */
export function calledStepId({ kind, stepId }: QueueItem): string {
  return kind === "step" ? stepId : "step";
}

function createBody(input: CallInput): string {
  const { run, item, eventJsons, steps } = input;
  const eventsJson = `[${eventJsons.join(",")}]`;
  const stepsJson = `{${steps.flatMap((step) => stepEntry(step, item.stepId)).join(",")}}`;
  const usesApi = stepsJson.length + eventsJson.length > STATE_BYTES_MAX;
  const ctxJson = JSON.stringify(createContext(input, usesApi));
  // The SDK fetches the events and the steps, and takes `event` from the call all the same.
  const [events, state] = usesApi ? ["[]", "{}"] : [eventsJson, stepsJson];
  return `{"ctx":${ctxJson},"event":${eventJsons[0]},"events":${events},"steps":${state},"use_api":${usesApi},"version":${run.requestVersion}}`;
}

/**
 * Without a stack the SDK takes the order of the steps that it fetches. Ours could be older than those by
 * then, and the SDK waits for ever on a settled step that the stack lacks.
 */
function createContext({ run, fn, item, call, steps }: CallInput, usesApi: boolean) {
  const settled = usesApi ? [] : steps.filter(({ status }) => status !== "open");
  const stack = settled.map(({ stepId }) => stepId);
  return {
    attempt: item.attempt,
    disable_immediate_execution: run.isPlanning,
    env: "",
    fn_id: fn.id,
    generation_id: call.generationId,
    job_id: item.id,
    max_attempts: fn.config.attemptsMax,
    qi_id: writeCallId(call),
    request_id: `${call.generationId}`,
    run_id: run.id,
    stack: { current: stack.length, stack },
    step_id: calledStepId(item),
    use_api: usesApi,
  };
}

/**
 * A settled step has its value; the one that is called its input, where it has any. The SDK takes every
 * entry without a value for a step under way, and would wait in the call for others that are open.
 */
function stepEntry(step: StepState, calledStepId: string): string[] {
  const { stepId, status, inputJson, valueJson } = step;
  if (status !== "open") return [`${JSON.stringify(stepId)}:${valueJson ?? "null"}`];
  if (inputJson === null || stepId !== calledStepId) return [];
  return [`${JSON.stringify(stepId)}:{"input":${inputJson}}`];
}

/**
 * The SDK leaves out step metadata when there is none. It names the span of the run's trace under which
 * an app's own spans belong: the step that is called, or the run, where the call may run several.
 */
function traceParent({ kind, runId, stepId }: QueueItem): string {
  const spanId = kind === "step" ? stepSpanId(runId, stepId) : runSpanId(runId);
  return `00-${traceIdOf(runId)}-${spanId}-01`;
}
