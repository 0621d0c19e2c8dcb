import type { StepTools } from "@system-bus/programs";
import { runStep } from "../steps/run-step.ts";
import { asRefusal } from "./as-refusal.ts";

/** `runStep` for what throws the errors of loops. */
export function loopStep<T>(step: StepTools, id: string, work: () => Promise<T>): Promise<T> {
  return runStep(step, id, () => asRefusal(work));
}
