// What a rerun from a step keeps of the run that it repeats. Inngest's documentation, "Rerun from a step".
//
// Invariants:
//   R1. Kept is what was settled before the named step was: nothing that could have seen its result.
//   R2. The named step and all that was settled after it run again, siblings of a parallel group too.
//   R3. A step that was never settled could be seen by nobody: all that was settled is kept.

import type { Change } from "./change.ts";
import { discoveryItemId, stepItemId } from "./queue-item.ts";
import type { StepKind, StepStatus } from "./run.ts";

/** A step of the run that is repeated, at its place in the run's stack. */
export interface RanStep {
  readonly stepId: string;
  readonly name: string;
  readonly kind: StepKind;
  readonly status: StepStatus;
  readonly position: number;
}

export interface RerunStart {
  /** The step's id as its author wrote it, the SDK's hash of that, or its name. */
  readonly stepId: string;
  /** What the step's function is given instead of its own arguments. */
  readonly input?: readonly unknown[] | undefined;
}

export type RerunPlan =
  | {
      readonly kind: "planned";
      readonly step: RanStep;
      /** Settled steps at an earlier place are kept. */
      readonly keptBefore: number;
    }
  | { readonly kind: "unknown-step"; readonly problem: string }
  | { readonly kind: "unclear"; readonly problem: string };

/** `hashOf` is the SDKs' hash of a step's id. */
export function decideRerun(
  steps: readonly RanStep[],
  start: RerunStart,
  hashOf: (id: string) => string,
): RerunPlan {
  const found = findSteps(steps, start.stepId, hashOf);
  const [step] = found;
  if (!step) {
    return { kind: "unknown-step", problem: `has no step "${start.stepId}". ${nameSteps(steps)}` };
  }
  if (found.length > 1) {
    const problem = `has several steps "${start.stepId}". Name one by its hash: ${found.map(({ stepId }) => stepId).join(", ")}.`;
    return { kind: "unclear", problem };
  }
  if (start.input !== undefined && step.kind !== "run") {
    const problem = `has no code of its own in step "${start.stepId}": only a step that runs code can be given another input.`;
    return { kind: "unclear", problem };
  }
  const keptBefore = step.status === "open" ? Number.MAX_SAFE_INTEGER : step.position;
  return { kind: "planned", step, keptBefore };
}

/**
 * For the new run, which has its kept steps and its first call already. With another input the named step
 * is planned, so that the SDK is called for it and given that input: protocol notes, section 1.3.
 */
export function planWithInput(
  run: { readonly runId: string; readonly nowMs: number; readonly lastPosition: number },
  { stepId, name }: RanStep,
  input: readonly unknown[],
): Change[] {
  const { runId, nowMs, lastPosition } = run;
  const times = { queuedAtMs: nowMs, startedAtMs: null, endedAtMs: null };
  const inputJson = JSON.stringify(input);
  const open = { kind: "run", status: "open", isRace: false, valueJson: null, attempt: 0 } as const;
  const item = { attempt: 0, dueAtMs: nowMs, queuedAtMs: nowMs, payloadJson: null } as const;
  const id = stepItemId(runId, "step", stepId);
  return [
    { kind: "remove-item", itemId: discoveryItemId(runId) },
    {
      kind: "add-step",
      step: { ...open, ...times, stepId, name, inputJson },
      position: lastPosition + 1,
    },
    { kind: "enqueue", item: { ...item, id, runId, kind: "step", stepId } },
  ];
}

/** By its hash or its author's id; by its name only where no id is meant. */
function findSteps(
  steps: readonly RanStep[],
  asked: string,
  hashOf: (id: string) => string,
): readonly RanStep[] {
  const withId = (id: string) => steps.filter(({ stepId }) => stepId === id);
  const exact = withId(asked);
  if (exact.length > 0) return exact;
  // The SDK numbers the repeats of an id from 1.
  const byId = [...withId(hashOf(asked)), ...withId(hashOf(`${asked}:1`))];
  return byId.length > 0 ? byId : steps.filter(({ name }) => name === asked);
}

const NAMED_MAX = 20;

function nameSteps(steps: readonly RanStep[]): string {
  if (steps.length === 0) return "It came to no step: run it from its beginning.";
  const names = steps.slice(0, NAMED_MAX).map(({ name }) => name);
  return `Its steps are: ${names.join(", ")}${steps.length > NAMED_MAX ? " …" : ""}.`;
}
