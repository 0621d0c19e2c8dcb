// The plain model of a function: what a plan comes to, given how each of its steps was settled. It knows
// no calls, no retries, no queue and no crash.

import { type Action, hashStepId, type Plan } from "./plan.ts";

/** A step as the store has it. */
export interface SettledStep {
  /** JSON as the SDK is given it. */
  readonly valueJson: string;
  /** Its place among the settled steps of its run. */
  readonly order: number;
}

export type Outcome =
  | { readonly kind: "value"; readonly value: unknown; readonly order: number }
  | { readonly kind: "error"; readonly message: string; readonly order: number }
  /** Some step that it depends on is not settled. */
  | { readonly kind: "open" };

export interface OutcomeInput {
  readonly steps: ReadonlyMap<string, SettledStep>;
  readonly attemptsMax: number;
}

const OPEN: Outcome = { kind: "open" };

export function outcomeOf(plan: Plan, input: OutcomeInput): Outcome {
  const values: unknown[] = [];
  let order = 0;
  for (const action of plan) {
    const outcome = outcomeOfAction(action, input);
    if (outcome.kind !== "value") return outcome;
    values.push(outcome.value);
    order = Math.max(order, outcome.order);
  }
  return { kind: "value", value: values, order };
}

function outcomeOfAction(action: Action, input: OutcomeInput): Outcome {
  if (action.kind === "throw") {
    if (!failsForGood(action, input.attemptsMax))
      return { kind: "value", value: "went on", order: 0 };
    return { kind: "error", message: `${action.id} threw`, order: 0 };
  }
  if (action.kind === "parallel") {
    const outcomes = action.branches.map((branch) => outcomeOf(branch, input));
    return action.mode === "race" ? firstOf(outcomes) : allOf(outcomes);
  }
  const step = input.steps.get(hashStepId(action.id));
  if (!step) return OPEN;
  const { order } = step;
  const stored: unknown = JSON.parse(step.valueJson);
  switch (action.kind) {
    case "run":
    case "invoke":
    case "send":
      return readResult(action, stored, order);
    case "sleep":
      return { kind: "value", value: "slept", order };
    case "signal": {
      const { data = null } = (stored ?? {}) as { data?: unknown };
      return { kind: "value", value: signalledBy(data), order };
    }
    case "wait":
      return { kind: "value", value: wokenBy(stored), order };
  }
}

export function failsForGood(
  action: { readonly failures: number; readonly failing: { readonly kind: string } },
  attemptsMax: number,
): boolean {
  if (action.failures === 0) return false;
  return action.failing.kind === "no-retry" || action.failures >= attemptsMax;
}

/** What the function makes of a step's result: the numbers in it, not the padding. */
export function essenceOf(data: unknown): unknown {
  return data !== null && typeof data === "object" && "number" in data ? data.number : data;
}

export function wokenBy(event: unknown): unknown {
  if (event === null || typeof event !== "object" || !("id" in event)) return "not woken";
  return `woken by ${event.id}`;
}

/** `data` is the SDK's `{signal, data}`, or null when none came. */
export function signalledBy(data: unknown): unknown {
  if (data === null || typeof data !== "object" || !("data" in data)) return "not signalled";
  return `signalled ${JSON.stringify(data.data)}`;
}

function readResult(
  action: Extract<Action, { kind: "run" | "invoke" | "send" }>,
  stored: unknown,
  order: number,
): Outcome {
  const { data, error } = stored as { data?: unknown; error?: { message: string } };
  if (!error) return { kind: "value", value: essenceOf(data), order };
  if (action.kind !== "send" && action.isCaught) {
    return { kind: "value", value: `caught: ${error.message}`, order };
  }
  return { kind: "error", message: error.message, order };
}

/** As `Promise.all`: the first failure decides. */
function allOf(outcomes: readonly Outcome[]): Outcome {
  const failure = earliest(outcomes.filter(({ kind }) => kind === "error"));
  if (failure) return failure;
  const values: unknown[] = [];
  let order = 0;
  for (const outcome of outcomes) {
    if (outcome.kind !== "value") return OPEN;
    values.push(outcome.value);
    order = Math.max(order, outcome.order);
  }
  return { kind: "value", value: values, order };
}

/** As `Promise.race`: the first that is settled decides, either way. */
function firstOf(outcomes: readonly Outcome[]): Outcome {
  return earliest(outcomes) ?? OPEN;
}

function earliest(outcomes: readonly Outcome[]): Outcome | undefined {
  let first: Exclude<Outcome, { kind: "open" }> | undefined;
  for (const outcome of outcomes) {
    if (outcome.kind !== "open" && (!first || outcome.order < first.order)) first = outcome;
  }
  return first;
}
