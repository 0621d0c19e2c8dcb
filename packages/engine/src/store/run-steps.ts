import type { StepRecord, StepSettlement } from "../core/change.ts";
import type { KnownStep, StepState } from "../core/run.ts";

/** A step with all that a decision or a call needs of it. */
export interface RunStep extends KnownStep, StepState {
  readonly position: number;
}

/** What a step takes up beside its texts. */
const STEP_BYTES = 300;

/**
 * A run's steps in memory, in the order of its stack. It follows the table in place: what was read from it
 * counts until the run's next change.
 */
export class RunSteps {
  readonly #steps = new Map<string, RunStep>();
  #lastPosition = 0;
  #sizeBytes = 0;

  /** `steps` come in the order of their positions. */
  constructor(steps: Iterable<RunStep>) {
    for (const step of steps) this.#push(step);
  }

  get steps(): ReadonlyMap<string, RunStep> {
    return this.#steps;
  }

  /** The highest; 0 while there are none. */
  get lastPosition(): number {
    return this.#lastPosition;
  }

  /** About what it takes up in memory. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The table has this step now, as the last of the stack. Undefined when it is not the last. */
  add({ stepId, kind, status, isRace, inputJson, valueJson }: StepRecord, position: number) {
    if (position <= this.#lastPosition) return undefined;
    const sizeBytes = valueJson === null ? 0 : Buffer.byteLength(valueJson);
    this.#push({ stepId, kind, status, isRace, inputJson, valueJson, sizeBytes, position });
    return this;
  }

  /** The open step has ended, and goes to the end of the stack. Undefined when that is not so. */
  settle({ stepId, status, valueJson }: StepSettlement, position: number) {
    const open = this.#steps.get(stepId);
    if (!open || position <= this.#lastPosition) return undefined;
    this.#steps.delete(stepId);
    this.#sizeBytes -= bytesOf(open);
    this.#push({ ...open, status, valueJson, sizeBytes: Buffer.byteLength(valueJson), position });
    return this;
  }

  #push(step: RunStep): void {
    this.#steps.set(step.stepId, step);
    this.#lastPosition = step.position;
    this.#sizeBytes += bytesOf(step);
  }
}

function bytesOf({ sizeBytes, inputJson }: RunStep): number {
  return STEP_BYTES + sizeBytes + (inputJson?.length ?? 0);
}
