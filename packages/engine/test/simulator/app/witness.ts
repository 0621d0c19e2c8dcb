/** One time that a step's own code ran, whatever became of it. */
export interface StepExecution {
  readonly number: number;
  readonly runId: string;
  readonly stepHash: string;
  readonly hasFailed: boolean;
  /** Results of the steps before it, as the function had them. */
  readonly seen: readonly unknown[];
}

/**
 * What really happened in the app, outside all that is durable. Each execution has a number that it puts in
 * its result, so that one can see afterwards whose result was stored.
 */
export class Witness {
  readonly executions = new Map<number, StepExecution>();
  readonly #counts = new Map<string, number>();

  add(execution: Omit<StepExecution, "number">): number {
    const number = this.executions.size + 1;
    this.executions.set(number, { ...execution, number });
    const key = `${execution.runId} ${execution.stepHash}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return number;
  }

  countOf(runId: string, stepHash: string): number {
    return this.#counts.get(`${runId} ${stepHash}`) ?? 0;
  }
}
