// One pass through a function's code, as the SDK makes it: what is stored is taken for done in the order of
// the run's stack, and what comes after it is found.
//
// Each sequence of a plan is a task; a parallel group makes tasks of its own and waits for them.

import { essenceOf, signalledBy, wokenBy } from "../plan/outcome.ts";
import { type Action, hashStepId, type Plan, type StepAction } from "../plan/plan.ts";

/** What a call brings for a step: its value, or that it is the planned one to run. */
export type StoredStep =
  | { readonly kind: "data"; readonly data: unknown }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "input" };

export interface FoundStep {
  readonly hash: string;
  readonly action: StepAction;
  readonly isRace: boolean;
  /** Results of the steps before it, as the function has them. */
  readonly seen: readonly unknown[];
  hasState: boolean;
  isFulfilled: boolean;
}

/** How the function itself ended. */
export type FunctionEnd =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: FunctionError };

export class FunctionError extends Error {
  /** Set when a failed step was not caught; the SDK does not try such a function again. */
  readonly isStepError: boolean;
  readonly failing: { readonly kind: string; readonly seconds?: number };

  constructor(
    message: string,
    isStepError: boolean,
    failing: { readonly kind: string; readonly seconds?: number } = { kind: "plain" },
  ) {
    super(message);
    this.isStepError = isStepError;
    this.failing = failing;
  }
}

type Waiting =
  | { readonly kind: "step"; readonly action: StepAction; readonly seen: readonly unknown[] }
  | {
      readonly kind: "group";
      readonly mode: "all" | "race";
      readonly branches: readonly Plan[];
      readonly seen: readonly unknown[];
    };

type Settled =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: FunctionError };

type Code = Generator<Waiting, unknown, unknown>;

interface Task {
  readonly code: Code;
  readonly isRace: boolean;
  readonly onSettled: (settled: Settled) => void;
}

export interface ExecutionInput {
  readonly plan: Plan;
  readonly stored: ReadonlyMap<string, StoredStep>;
  /** Hashes of the settled steps, in the order in which they were settled. */
  readonly stack: readonly string[];
  readonly attempt: number;
}

export class Execution {
  /** In the order in which they were found. */
  readonly found = new Map<string, FoundStep>();
  readonly #input: ExecutionInput;
  readonly #waiting = new Map<string, Task>();
  readonly #rest: string[];
  #reportable: FoundStep[] = [];
  #end: FunctionEnd | null = null;
  #lastStepError: FunctionError | null = null;

  constructor(input: ExecutionInput) {
    this.#input = input;
    this.#rest = [...input.stack];
    const code = carryOut(input.plan, { attempt: input.attempt, seen: [] });
    const task: Task = {
      code,
      isRace: false,
      onSettled: (settled) => {
        this.#end =
          settled.kind === "value"
            ? { kind: "returned", value: settled.value }
            : { kind: "threw", error: settled.error };
      },
    };
    this.#resume(task, { kind: "value", value: undefined });
    this.#replay();
  }

  get end(): FunctionEnd | null {
    return this.#end;
  }

  /** The SDK holds only the latest failed step to be beyond a retry. */
  isLastStepError(error: FunctionError): boolean {
    return error === this.#lastStepError;
  }

  /** What was found since the last report. */
  takeReport(): FoundStep[] {
    const report = this.#reportable;
    this.#reportable = [];
    return report;
  }

  /** A step that was carried out in this very call. */
  fulfil(step: FoundStep, data: unknown): void {
    step.hasState = true;
    step.isFulfilled = true;
    this.#continue(step.hash, { kind: "data", data });
    this.#replay();
  }

  #replay(): void {
    for (let hash = this.#takeNext(); hash !== undefined; hash = this.#takeNext()) {
      const stored = this.#input.stored.get(hash);
      if (stored) this.#continue(hash, stored);
    }
  }

  /** The first of the stack that the function waits for by now. */
  #takeNext(): string | undefined {
    if (this.#end) return undefined;
    const index = this.#rest.findIndex((hash) => this.#waiting.has(hash));
    return index === -1 ? undefined : this.#rest.splice(index, 1)[0];
  }

  #continue(hash: string, stored: StoredStep): void {
    const task = this.#waiting.get(hash);
    const step = this.found.get(hash);
    if (!task || !step || stored.kind === "input") return;
    this.#waiting.delete(hash);
    if (stored.kind === "data") {
      return this.#resume(task, { kind: "value", value: stored.data });
    }
    const error = new FunctionError(stored.message, true);
    this.#lastStepError = error;
    this.#resume(task, { kind: "error", error });
  }

  #resume(task: Task, by: Settled): void {
    let next: IteratorResult<Waiting, unknown>;
    try {
      next = by.kind === "value" ? task.code.next(by.value) : task.code.throw(by.error);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      return task.onSettled({ kind: "error", error });
    }
    if (next.done) return task.onSettled({ kind: "value", value: next.value });
    if (next.value.kind === "group") this.#startGroup(task, next.value);
    else this.#find(task, next.value);
  }

  #find(task: Task, { action, seen }: Extract<Waiting, { kind: "step" }>): void {
    const hash = hashStepId(action.id);
    const stored = this.#input.stored.get(hash);
    const step: FoundStep = {
      hash,
      action,
      isRace: task.isRace,
      seen,
      hasState: stored !== undefined,
      isFulfilled: stored !== undefined && stored.kind !== "input",
    };
    this.found.set(hash, step);
    this.#waiting.set(hash, task);
    this.#reportable.push(step);
  }

  #startGroup(task: Task, { mode, branches, seen }: Extract<Waiting, { kind: "group" }>): void {
    const values: unknown[] = branches.map(() => undefined);
    let openCount = branches.length;
    let isSettled = false;
    const settle = (settled: Settled): void => {
      if (isSettled) return;
      isSettled = true;
      this.#resume(task, settled);
    };
    branches.forEach((branch, index) => {
      const onSettled = (settled: Settled): void => {
        if (settled.kind === "error" || mode === "race") return settle(settled);
        values[index] = settled.value;
        openCount -= 1;
        if (openCount === 0) settle({ kind: "value", value: values });
      };
      const code = carryOut(branch, { attempt: this.#input.attempt, seen });
      const isRace = task.isRace || mode === "race";
      this.#resume({ code, isRace, onSettled }, { kind: "value", value: undefined });
    });
  }
}

interface Scene {
  readonly attempt: number;
  readonly seen: readonly unknown[];
}

/** The function's code: it waits by `yield`. */
function* carryOut(plan: Plan, scene: Scene): Code {
  const values: unknown[] = [];
  let seen = scene.seen;
  for (const action of plan) {
    const value = yield* carryOutOne(action, { ...scene, seen });
    values.push(value);
    if (action.kind === "run") seen = [...seen, value];
  }
  return values;
}

function* carryOutOne(action: Action, { attempt, seen }: Scene): Code {
  switch (action.kind) {
    case "throw":
      if (throwsNow(action, attempt)) {
        throw new FunctionError(`${action.id} threw`, false, action.failing);
      }
      return "went on";
    case "parallel":
      return yield { kind: "group", mode: action.mode, branches: action.branches, seen };
    case "sleep":
      yield { kind: "step", action, seen };
      return "slept";
    case "wait":
      return wokenBy(yield { kind: "step", action, seen });
    case "signal":
      return signalledBy(yield { kind: "step", action, seen });
    default:
      return yield* carryOutResult(action, seen);
  }
}

function* carryOutResult(
  action: Extract<Action, { kind: "run" | "invoke" | "send" }>,
  seen: readonly unknown[],
): Code {
  try {
    return essenceOf(yield { kind: "step", action, seen });
  } catch (error) {
    if (!(error instanceof FunctionError) || action.kind === "send" || !action.isCaught)
      throw error;
    return `caught: ${error.message}`;
  }
}

/** Trouble that goes away after some tries, or that no retry helps. */
export function throwsNow(
  { failures, failing }: { readonly failures: number; readonly failing: { readonly kind: string } },
  attempt: number,
): boolean {
  return attempt < failures || (failures > 0 && failing.kind === "no-retry");
}
