import { describe, expect, test } from "bun:test";
import { decideRerun, planWithInput, type RanStep } from "./decide-rerun.ts";

const hashOf = (id: string) => `#${id}`;

function ranSteps(...names: string[]): RanStep[] {
  return names.map((name, index) => ({
    stepId: hashOf(name),
    name: name.replace(/:\d+$/, ""),
    kind: "run",
    status: "completed",
    position: index + 1,
  }));
}

describe("a rerun from a step", () => {
  const steps = ranSteps("a", "b", "c");

  test("keeps what was settled before the step, and no more (R1, R2)", () => {
    const plan = decideRerun(steps, { stepId: "b" }, hashOf);
    expect(plan).toMatchObject({ kind: "planned", step: { stepId: "#b" }, keptBefore: 2 });
  });

  test("keeps all that was settled when the step never was (R3)", () => {
    const open = steps.map((step) => (step.name === "a" ? { ...step, status: "open" } : step));
    const plan = decideRerun(open as RanStep[], { stepId: "a" }, hashOf);
    expect(plan).toMatchObject({ kind: "planned", keptBefore: Number.MAX_SAFE_INTEGER });
  });

  test("finds a step by its author's id, by its hash, and by its name", () => {
    const named = ranSteps("load");
    const [load] = named.map((step) => ({ ...step, name: "Load it" }));
    for (const stepId of ["load", "#load", "Load it"]) {
      expect(decideRerun(load ? [load] : [], { stepId }, hashOf)).toMatchObject({
        kind: "planned",
        step: { stepId: "#load" },
      });
    }
  });

  test("names the steps that there are when there is no such one", () => {
    expect(decideRerun(steps, { stepId: "x" }, hashOf)).toEqual({
      kind: "unknown-step",
      problem: 'has no step "x". Its steps are: a, b, c.',
    });
    expect(decideRerun([], { stepId: "x" }, hashOf)).toMatchObject({
      problem: expect.stringContaining("It came to no step"),
    });
  });

  test("is unclear for an id that was used several times, until one of them is named", () => {
    const repeated = ranSteps("a", "a:1", "a:2");
    expect(decideRerun(repeated, { stepId: "a" }, hashOf)).toMatchObject({ kind: "unclear" });
    expect(decideRerun(repeated, { stepId: "a:2" }, hashOf)).toMatchObject({ keptBefore: 3 });
    expect(decideRerun(repeated, { stepId: "#a" }, hashOf)).toMatchObject({ keptBefore: 1 });
  });

  test("replaces the input of a step that runs code, and of no other", () => {
    expect(decideRerun(steps, { stepId: "b", input: [1] }, hashOf).kind).toBe("planned");
    const naps = steps.map((step) => ({ ...step, kind: "sleep" as const }));
    expect(decideRerun(naps, { stepId: "b", input: [1] }, hashOf).kind).toBe("unclear");
  });
});

test("another input makes the step the first that is called, in the discovery's place", () => {
  const [step] = ranSteps("a");
  if (!step) throw new Error("there is one");
  const changes = planWithInput({ runId: "R", nowMs: 5, lastPosition: 2 }, step, [{ x: 1 }]);
  expect(changes).toMatchObject([
    { kind: "remove-item", itemId: "R:discovery" },
    {
      kind: "add-step",
      step: { stepId: "#a", status: "open", inputJson: '[{"x":1}]' },
      position: 3,
    },
    { kind: "enqueue", item: { kind: "step", stepId: "#a", dueAtMs: 5 } },
  ]);
});
