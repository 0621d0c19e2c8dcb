import { hasEnded, type InngestApi, type Run } from "@system-bus/inngest-api";
import { type RunStep, readSteps } from "../trace/steps.ts";
import { unwrapOutput } from "../trace/unwrap-output.ts";
import { findInvokedRun } from "./find-invoked-run.ts";

/** A run with its steps, and below each step that invokes a function the run that it waits for. */
export interface RunNode {
  readonly run: Run;
  readonly steps: readonly StepNode[];
}

export interface StepNode extends RunStep {
  /** Of a step that has invoked a function; null where the engine doesn't tell. */
  readonly invoked?: RunNode | null;
}

/** Two functions that invoke each other end here. */
const DEPTH_MAX = 4;
const RUNS_MAX = 50;

/** Loads runs again and again; which run a step has invoked is looked up once. */
export class RunTreeLoader {
  readonly #api: InngestApi;
  readonly #invokedIds = new Map<string, string>();
  /** Runs that have ended don't change any more. */
  readonly #ended = new Map<string, RunNode>();
  #runCount = 0;

  constructor(api: InngestApi) {
    this.#api = api;
  }

  async load(runId: string): Promise<RunNode> {
    this.#runCount = 0;
    return this.#loadRun(runId, 0);
  }

  async #loadRun(runId: string, depth: number): Promise<RunNode> {
    const known = this.#ended.get(runId);
    if (known) return known;
    this.#runCount += 1;
    const [found, root] = await Promise.all([
      this.#api.getRun(runId, { includeOutput: true }),
      this.#api.getTrace(runId, { includeOutput: true }),
    ]);
    const steps: StepNode[] = [];
    for (const step of readSteps(root)) steps.push(await this.#loadStep(runId, step, depth));
    const node = { run: { ...found, output: found.output ?? unwrapOutput(root.output) }, steps };
    if (hasEnded(found.status) && hasEnded(root.status)) this.#ended.set(runId, node);
    return node;
  }

  async #loadStep(runId: string, step: RunStep, depth: number): Promise<StepNode> {
    if (step.op !== "INVOKE" || depth >= DEPTH_MAX || this.#runCount >= RUNS_MAX) return step;
    const invokedId = await this.#findInvoked(runId, step);
    return {
      ...step,
      invoked: invokedId === null ? null : await this.#loadRun(invokedId, depth + 1),
    };
  }

  async #findInvoked(runId: string, step: RunStep): Promise<string | null> {
    const key = `${runId}.${step.key}`;
    const known = this.#invokedIds.get(key);
    if (known !== undefined) return known;
    const found = await findInvokedRun(this.#api, runId, step);
    if (found !== null) this.#invokedIds.set(key, found);
    return found;
  }
}
