import { expect, test } from "bun:test";
import { plainPaint } from "../output/paint.ts";
import { plainText } from "../output/plain-text.ts";
import { rootOf, runOf, spanOf } from "../testing/trace.ts";
import { readSteps } from "../trace/steps.ts";
import { renderRun } from "./render-run.ts";
import type { RunNode } from "./run-tree.ts";

const at = (ms: number) => new Date(Date.parse("2026-11-21T09:00:00Z") + ms).toISOString();
const timed = (fromMs: number, toMs: number) => ({
  queuedAt: at(fromMs),
  startedAt: at(fromMs),
  endedAt: at(toMs),
  durationMs: toMs - fromMs,
});

const child: RunNode = {
  run: runOf({
    id: "c1",
    function: { id: "child", name: "child" },
    status: "COMPLETED",
    ...timed(400, 900),
  }),
  steps: readSteps(
    rootOf("COMPLETED", [spanOf({ name: "work", stepOp: "RUN", ...timed(400, 900) })]),
  ),
};

const [load, ask] = readSteps(
  rootOf("COMPLETED", [
    spanOf({ name: "load", stepOp: "RUN", output: { data: { a: 1 } }, ...timed(100, 400) }),
    spanOf({ name: "ask", stepOp: "INVOKE", output: { data: "hidden" }, ...timed(400, 900) }),
  ]),
);
if (!load || !ask) throw new Error("there are two steps");

const parent: RunNode = {
  run: {
    ...runOf({ id: "p1", function: { id: "parent", name: "parent" }, status: "COMPLETED" }),
    ...{
      queuedAt: at(0),
      startedAt: at(100),
      endedAt: at(1_000),
      durationMs: 900,
      output: "done",
    },
  },
  steps: [load, { ...ask, invoked: child }],
};

const render = (node: RunNode, columnsMax = 80) =>
  renderRun(node, { paint: plainPaint, columnsMax, nowMs: Date.parse(at(1_000)) });

test("a run is a tree on one time line, with the runs that its steps have invoked", () => {
  expect(
    render(parent)
      .split("\n")
      .map((line) => line.trimEnd()),
  ).toEqual([
    "parent  ✓ completed  900 ms  waited 100 ms to begin",
    `run p1  queued ${at(0)}  event none`,
    "                         took      queued  0                             1.0 s",
    "  ✓ load               300 ms        0 ms     ███████████",
    '      → {"a":1}',
    "  ✓ ask (invokes)      500 ms        0 ms                ──────────────────",
    "    ▸ child  ✓ completed  500 ms  waited 0 ms to begin  run c1",
    "      ✓ work           500 ms        0 ms                ██████████████████",
    '  → "done"',
  ]);
});

test("where there is no room the bars are left out, and nothing is wider than the terminal", () => {
  const lines = render(parent, 50).split("\n");
  expect(lines.join("")).not.toContain("█");
  expect(lines.slice(2).every((line) => line.length <= 50 || line.includes("▸"))).toBe(true);
});

test("a failed run tells its error and each try, and no mark of a terminal in them", () => {
  const steps = readSteps(
    rootOf("FAILED", [
      spanOf({
        name: "s",
        stepId: "s",
        status: "FAILED",
        output: { name: "E", message: "\u001b[2Jno" },
      }),
    ]),
  );
  const output = { name: "E", message: "no\u0007" };
  const text = render({ run: { ...runOf({ id: "r", status: "FAILED" }), output }, steps });
  expect(text).toContain("\nE: no\n");
  expect(text).toContain("try 1: E: no");
  expect(text).toBe(plainText(text));
});

test("a run that goes on tells how long by now", () => {
  const run = runOf({ id: "r", status: "RUNNING", queuedAt: at(0), startedAt: at(200) });
  expect(render({ run, steps: [] })).toStartWith("fn  … running  800 ms  waited 200 ms to begin");
});
