import { describe, expect, test } from "bun:test";
import { rootOf, runOf, spanOf } from "../testing/trace.ts";
import { readSteps } from "../trace/steps.ts";
import type { StepNode } from "./run-tree.ts";
import { queueMsOf, spanOfTree, stepBar } from "./waterfall.ts";

const at = (ms: number) => new Date(1_000_000 + ms).toISOString();
const span = { fromMs: 1_000_000, toMs: 1_001_000 };

function stepOf(fields: Partial<Parameters<typeof spanOf>[0]>): StepNode {
  const [step] = readSteps(
    rootOf("RUNNING", [spanOf({ name: "s", stepId: "s", stepOp: "RUN", ...fields })]),
  );
  if (!step) throw new Error("the trace has one step");
  return step;
}

const draw = (step: StepNode, columns = 10) =>
  stepBar(step, span, columns)
    .map(({ kind, text }) => (kind === "failed" ? text.replaceAll("█", "x") : text))
    .join("");

describe("a step's bar", () => {
  test("is empty before it was due, and shows the queue apart from the run", () => {
    const step = stepOf({ queuedAt: at(200), startedAt: at(500), endedAt: at(800) });
    expect(draw(step)).toBe("  ░░░███  ");
    expect(queueMsOf(step)).toBe(300);
  });

  test("shows each try, and the pause between them", () => {
    const step = stepOf({
      queuedAt: at(0),
      startedAt: at(100),
      endedAt: at(1_000),
      children: [
        spanOf({ name: "Attempt 0", status: "FAILED", startedAt: at(100), endedAt: at(300) }),
        spanOf({ name: "Attempt 1", startedAt: at(700), endedAt: at(1_000) }),
      ],
    });
    expect(draw(step)).toBe("░xx░░░░███");
  });

  test("of a try of no length takes one column", () => {
    expect(draw(stepOf({ queuedAt: at(999), startedAt: at(1_000), endedAt: at(1_000) }))).toBe(
      "         █",
    );
    expect(draw(stepOf({ queuedAt: at(0), startedAt: at(0), endedAt: at(0) }))).toBe("█         ");
  });

  test("of a step that goes on reaches to the end", () => {
    expect(draw(stepOf({ status: "RUNNING", queuedAt: at(0), startedAt: at(600) }))).toBe(
      "░░░░░░████",
    );
    expect(draw(stepOf({ status: "QUEUED", queuedAt: at(600) }))).toBe("      ░░░░");
  });

  test("of a wait is a line, whose time is no time in the queue", () => {
    const step = stepOf({
      stepOp: "SLEEP",
      queuedAt: at(200),
      startedAt: at(200),
      endedAt: at(900),
    });
    expect(draw(step)).toBe("  ─────── ");
    expect(draw(stepOf({ stepOp: "WAIT_FOR_EVENT", status: "RUNNING", queuedAt: at(800) }))).toBe(
      "        ──",
    );
  });

  test("of which nothing is known is empty", () => {
    expect(draw(stepOf({ status: "QUEUED" }))).toBe(" ".repeat(10));
  });
});

describe("the time line", () => {
  const run = runOf({ id: "r", queuedAt: at(0) });

  test("goes to now while the run goes on, and to the last moment when it has ended", () => {
    expect(spanOfTree({ run, steps: [] }, 1_000_700)).toEqual({
      fromMs: 1_000_000,
      toMs: 1_000_700,
    });
    const ended = runOf({ id: "r", status: "COMPLETED", queuedAt: at(0), endedAt: at(500) });
    expect(spanOfTree({ run: ended, steps: [] }, 1_900_000).toMs).toBe(1_000_500);
  });

  test("has a length, even if the run had none", () => {
    const ended = runOf({ id: "r", status: "COMPLETED", queuedAt: at(0), endedAt: at(0) });
    expect(spanOfTree({ run: ended, steps: [] }, 1_900_000).toMs).toBe(1_000_001);
  });

  test("holds the runs that were invoked", () => {
    const invoked = { run: runOf({ id: "c", queuedAt: at(100), endedAt: at(900) }), steps: [] };
    const node = {
      run: runOf({ id: "r", queuedAt: at(0), endedAt: at(500) }),
      steps: [{ ...stepOf({}), invoked }],
    };
    expect(spanOfTree(node, 0)).toEqual({ fromMs: 0, toMs: 1_000_900 });
  });
});
