// A stand-in for the official SDK: answers one call as its executor would, for a function that is a plan.
// `conformance.test.ts` compares the two, call by call.

import { type EventData, hashStepId, type Plan, waitExpression } from "../plan/plan.ts";
import { Execution, type FoundStep, type FunctionError, type StoredStep } from "./execution.ts";
import type { WireAnswer, WireCall, WireError, WireOp } from "./wire.ts";

export interface SdkOptions {
  readonly plan: Plan;
  /** Of the app: invoked functions are named `<appName>-<id>`. */
  readonly appName: string;
  /** 2, or 1 with `optimizeParallelism: false`. */
  readonly requestVersion: 1 | 2;
  readonly checkpointing: Checkpointing | null;
}

export interface Checkpointing {
  readonly bufferedSteps: number;
  readonly maxRuntimeMs: number;
}

/** What a step's own code came to. */
export type StepResult =
  | { readonly kind: "done"; readonly data: unknown }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly failing: { readonly kind: string; readonly seconds?: number };
    };

export interface SdkWorld {
  nowMs(): number;
  sleep(durationMs: number): Promise<void>;
  /** Carries out a step's own code, which takes time. */
  runStep(step: FoundStep): Promise<StepResult>;
  /** Sends a checkpoint, again and again as the SDK does. */
  checkpoint(ops: readonly WireOp[]): Promise<"stored" | "stale" | "failed">;
}

const RUN_COMPLETE_ID = hashStepId("complete");
/** How long the SDK looks for the step that it was asked for. */
const STEP_SEARCH_MS = 10_000;

export async function answerCall(
  call: WireCall,
  options: SdkOptions,
  world: SdkWorld,
): Promise<WireAnswer> {
  return new Sdk(call, options, world).answer();
}

class Sdk {
  readonly #call: WireCall;
  readonly #options: SdkOptions;
  readonly #world: SdkWorld;
  readonly #execution: Execution;
  readonly #requestedHash: string | null;
  readonly #checkpointing: Checkpointing | null;
  readonly #startedAtMs: number;
  #buffer: WireOp[] = [];

  constructor(call: WireCall, options: SdkOptions, world: SdkWorld) {
    const { context, stepId } = call;
    this.#call = call;
    this.#options = options;
    this.#world = world;
    this.#startedAtMs = world.nowMs();
    this.#requestedHash = stepId === "step" ? null : stepId;
    const mayCheckpoint = context.fn_id !== undefined && !context.disable_immediate_execution;
    this.#checkpointing =
      mayCheckpoint && this.#requestedHash === null ? options.checkpointing : null;
    this.#execution = new Execution({
      plan: options.plan,
      stored: readStored(call.steps),
      stack: context.stack.stack,
      attempt: context.attempt,
    });
  }

  async answer(): Promise<WireAnswer> {
    for (;;) {
      if (this.#execution.end) return this.#answerEnd();
      const report = this.#execution.takeReport();
      if (report.length === 0) return this.#answerNotFound();
      const answer = this.#checkpointing
        ? await this.#goOnCheckpointing(report, this.#checkpointing)
        : await this.#goOn(report);
      if (answer) return answer;
    }
  }

  async #goOn(report: readonly FoundStep[]): Promise<WireAnswer | null> {
    const step = this.#chooseStep(report);
    if (step) {
      const { op, failing } = await this.#execute(step);
      return this.#answerOps([op], failing);
    }
    return this.#answerNewSteps(report);
  }

  async #goOnCheckpointing(
    report: readonly FoundStep[],
    { bufferedSteps, maxRuntimeMs }: Checkpointing,
  ): Promise<WireAnswer | null> {
    const newSteps = report.filter(({ hasState }) => !hasState);
    if (newSteps.length === 0) return null;
    if (this.#world.nowMs() - this.#startedAtMs >= maxRuntimeMs) {
      return (await this.#flush()) ?? this.#answerNewSteps([...this.#execution.found.values()]);
    }
    const step = this.#chooseStep(newSteps);
    if (!step) return (await this.#flush()) ?? this.#answerNewSteps(report);
    const { op, failing } = await this.#execute(step);
    if (op.error) return (await this.#flush()) ?? this.#answerOps([op], failing);
    if (this.#call.context.attempt > 0) return this.#answerOps([op]);
    this.#execution.fulfil(step, JSON.parse(JSON.stringify(op.data ?? null)));
    this.#buffer.push(op);
    return this.#buffer.length >= bufferedSteps ? this.#flush() : null;
  }

  /** The step to run at once: the one asked for, or the only one there is. */
  #chooseStep(steps: readonly FoundStep[]): FoundStep | undefined {
    if (this.#requestedHash !== null) {
      return steps.find(({ hash, action }) => hash === this.#requestedHash && hasCode(action));
    }
    if (this.#call.context.disable_immediate_execution) return undefined;
    const [step, ...others] = steps.filter(({ isFulfilled }) => !isFulfilled);
    if (!step || others.length > 0 || step.isRace) return undefined;
    return hasCode(step.action) ? step : undefined;
  }

  async #execute(step: FoundStep): Promise<{ op: WireOp; failing?: Failing }> {
    const startedAtMs = this.#world.nowMs();
    const result = await this.#world.runStep(step);
    const timing = { a: startedAtMs * 1e6, b: (this.#world.nowMs() - startedAtMs) * 1e6 };
    const base = { ...this.#planned(step), timing };
    if (result.kind === "done")
      return { op: { ...base, op: "StepRun", data: result.data ?? null } };
    const { message, failing } = result;
    const mayRetry = !this.#isLastAttempt && failing.kind !== "no-retry";
    const op = mayRetry ? "StepError" : "StepFailed";
    const answered = mayRetry ? failing : ({ kind: "no-retry" } as const);
    return { op: { ...base, op, error: wireError(message) }, failing: answered };
  }

  get #isLastAttempt(): boolean {
    const { attempt, max_attempts: attemptsMax } = this.#call.context;
    return attempt === attemptsMax - 1;
  }

  /** Null when the steps are stored; else what the SDK answers instead of going on. */
  async #flush(): Promise<WireAnswer | null> {
    if (this.#buffer.length === 0) return null;
    const ops = this.#buffer;
    this.#buffer = [];
    const fate = await this.#world.checkpoint(ops);
    if (fate === "stored") return null;
    if (fate === "failed") return this.#answerOps(ops);
    const error = wireError(
      `Stale dispatch: checkpoint returned 409 (run ${this.#call.context.run_id})`,
    );
    return this.#answer(400, JSON.stringify(error), { "x-inngest-no-retry": "true" });
  }

  /** Null when all of them have state, or only one step was asked for: then the SDK looks on. */
  #answerNewSteps(steps: readonly FoundStep[]): WireAnswer | null {
    if (this.#requestedHash !== null) return null;
    const newSteps = steps.filter(({ hasState }) => !hasState);
    if (newSteps.length === 0) return null;
    return this.#answerOps(newSteps.map((step) => this.#planned(step)));
  }

  async #answerEnd(): Promise<WireAnswer> {
    const { end } = this.#execution;
    if (end?.kind === "threw") {
      const fallback = this.#checkpointing ? await this.#flush() : null;
      return fallback ?? this.#answerFailure(end.error);
    }
    const value = end?.value ?? null;
    const newSteps = this.#answerNewSteps([...this.#execution.found.values()]);
    if (newSteps) return newSteps;
    if (!this.#checkpointing) return this.#answer(200, JSON.stringify(value));
    return this.#answerOps([
      ...this.#buffer,
      { op: "RunComplete", id: RUN_COMPLETE_ID, data: value },
    ]);
  }

  #answerFailure(error: FunctionError): WireAnswer {
    const isFinal =
      this.#isLastAttempt ||
      error.failing.kind === "no-retry" ||
      (error.isStepError && this.#execution.isLastStepError(error));
    const headers = retryHeaders(isFinal ? { kind: "no-retry" } : error.failing);
    return this.#answer(isFinal ? 400 : 500, JSON.stringify(wireError(error.message)), headers);
  }

  async #answerNotFound(): Promise<WireAnswer> {
    if (this.#requestedHash === null) throw new Error("the SDK would wait for ever");
    await this.#world.sleep(STEP_SEARCH_MS);
    const error = `Could not find step "${this.#requestedHash}" to run; timed out.`;
    const body = { error, requestedStep: this.#requestedHash, foundSteps: [], totalFoundSteps: 0 };
    return this.#answer(500, JSON.stringify(body), { "x-inngest-no-retry": "false" });
  }

  #answerOps(ops: readonly WireOp[], failing?: Failing): WireAnswer {
    return this.#answer(206, JSON.stringify(ops), failing ? retryHeaders(failing) : {});
  }

  #answer(status: number, body: string, headers: Record<string, string> = {}): WireAnswer {
    const { requestVersion } = this.#options;
    const base = {
      "content-type": "application/json",
      "x-inngest-sdk": "js:v4.24.0",
      "x-inngest-req-version": `${requestVersion}`,
    };
    return { status, body, headers: { ...base, ...headers } };
  }

  /** The step as something to be done. */
  #planned({ hash, action, isRace }: FoundStep): WireOp {
    const { id } = action;
    const base = { id: hash, displayName: id, userland: { id } };
    const race = isRace ? { parallelMode: "race" } : {};
    switch (action.kind) {
      case "run":
        return { ...base, op: "StepPlanned", name: id, ...(isRace && { opts: race }) };
      case "send":
        return {
          ...base,
          op: "StepPlanned",
          name: "sendEvent",
          opts: { ...race, type: "step.sendEvent" },
        };
      case "sleep":
        return { ...base, op: "Sleep", name: `${action.seconds}s`, ...(isRace && { opts: race }) };
      case "wait": {
        const expression = waitExpression(action.match);
        const opts = {
          timeout: `${action.timeoutSeconds}s`,
          ...(expression && { if: expression }),
        };
        return { ...base, op: "WaitForEvent", name: action.eventName, opts: { ...opts, ...race } };
      }
      case "signal": {
        const { timeoutSeconds, replaces } = action;
        const conflict = replaces ? "replace" : "fail";
        const opts = { signal: id, timeout: `${timeoutSeconds}s`, conflict, ...race };
        return { ...base, op: "WaitForSignal", name: id, opts };
      }
      case "invoke": {
        const { timeoutSeconds } = action;
        const opts = {
          function_id: `${this.#options.appName}-${action.functionId}`,
          payload: { data: invokeData(this.#call.event.data) },
          ...(timeoutSeconds !== null && { timeout: `${timeoutSeconds}s` }),
        };
        return { ...base, op: "InvokeFunction", opts: { ...opts, ...race } };
      }
    }
  }
}

type Failing = { readonly kind: string; readonly seconds?: number };

/** What an invoked function is given: the caller's data, so that keys mean the same in both. */
export function invokeData(data: Readonly<Record<string, unknown>>): EventData {
  const { k, n, p } = data as Partial<EventData>;
  return { n: n ?? 0, p: p ?? 0, ...(k === undefined ? {} : { k }) };
}

function hasCode({ kind }: FoundStep["action"]): boolean {
  return kind === "run" || kind === "send";
}

function readStored(steps: Readonly<Record<string, unknown>>): Map<string, StoredStep> {
  return new Map(Object.entries(steps).map(([hash, value]) => [hash, readStoredStep(value)]));
}

function readStoredStep(value: unknown): StoredStep {
  if (value !== null && typeof value === "object") {
    if ("input" in value) return { kind: "input" };
    if ("error" in value) return { kind: "error", message: (value.error as WireError).message };
    // An awaited event has data, too, among other fields.
    if ("data" in value && !("id" in value)) return { kind: "data", data: value.data };
  }
  return { kind: "data", data: value };
}

function wireError(message: string): WireError {
  return { name: "Error", message, stack: `Error: ${message}`, __serialized: true };
}

function retryHeaders({ kind, seconds }: Failing): Record<string, string> {
  if (kind === "no-retry") return { "x-inngest-no-retry": "true" };
  const base = { "x-inngest-no-retry": "false" };
  return seconds === undefined ? base : { ...base, "retry-after": `${seconds}` };
}
