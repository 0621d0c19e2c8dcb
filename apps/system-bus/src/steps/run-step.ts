import type { StepTools } from "@system-bus/programs";
import { asStep } from "../worker-error.ts";

/**
 * A step whose errors tell the engine whether a retry can help. What it returns goes through the run's
 * state as JSON, so it has to be plain values.
 */
export async function runStep<T>(step: StepTools, id: string, work: () => Promise<T>): Promise<T> {
  // The SDK gives back what `work` returned, by way of JSON: the T that the caller declared.
  return (await step.run(id, () => asStep(work))) as T;
}
