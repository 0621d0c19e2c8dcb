import { expect, test } from "bun:test";
import { addMetadata } from "./decide-metadata.ts";
import type { MetadataUpdate } from "./metadata.ts";
import type { StepOp } from "./outcome.ts";
import type { KnownStep } from "./run.ts";
import { RunDraft } from "./run-draft.ts";

const UPDATE: MetadataUpdate = {
  scope: "step",
  kind: "userland.count",
  operation: "add",
  values: { rows: 1 },
};

function draftWith(steps: readonly (readonly [string, KnownStep["status"]])[]): RunDraft {
  const known = steps.map(
    ([id, status]) => [id, { kind: "run", status, isRace: false, sizeBytes: 0 }] as const,
  );
  const run = {
    runId: "run",
    attemptsMax: 3,
    requestVersion: 2,
    isPlanning: false,
    hasDiscovery: true,
    steps: new Map(known),
    lastPosition: known.length,
  };
  return new RunDraft(run, 0);
}

const op = (over: Partial<Extract<StepOp, { kind: "step-done" }>> = {}): StepOp => ({
  kind: "step-done",
  id: "s1",
  displayName: "load",
  isRace: false,
  data: null,
  ...over,
});

const changesOf = (draft: RunDraft, one: StepOp) => {
  addMetadata(draft, one, 1);
  return draft.changes;
};

const expected = (updates: readonly object[]) => [
  { kind: "update-metadata", target: { stepId: "s1", attempt: 1, spanId: "" }, updates },
];

test("what an op says belongs to its step's attempt, new or planned", () => {
  for (const steps of [[], [["s1", "open"]]] as const) {
    expect(changesOf(draftWith(steps), op({ metadata: [UPDATE] }))).toEqual(
      expected([UPDATE]) as never,
    );
  }
});

test("an op that comes again, after its checkpoint was stored, says nothing twice", () => {
  expect(changesOf(draftWith([["s1", "completed"]]), op({ metadata: [UPDATE] }))).toEqual([]);
});

test("an op that says nothing costs no change", () => {
  expect(changesOf(draftWith([]), op())).toEqual([]);
  expect(changesOf(draftWith([]), op({ opType: "step.ai.wrap", data: "hi" }))).toEqual([]);
});

test("the tokens of a wrapped model come first, so that what the SDK knows of them wins", () => {
  const metadata = [{ ...UPDATE, kind: "inngest.ai" }];
  const wrapped = op({ opType: "step.ai.wrap", data: { usage: { input_tokens: 5 } }, metadata });
  expect(changesOf(draftWith([]), wrapped)).toMatchObject(
    expected([{ kind: "inngest.ai", values: { input_tokens: 5 } }, { operation: "add" }]),
  );
});
