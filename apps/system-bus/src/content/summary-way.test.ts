import { expect, test } from "bun:test";
import { agentOf, chooseSummaryWay } from "./summary-way.ts";

const ready = { kind: "ready", command: "/bin/pi" } as const;
const unused = { kind: "unused" } as const;

test("left to itself it takes pi, then a model, then no model at all", () => {
  const way = { kind: "agent", name: "pi", command: "/bin/pi" } as const;
  expect(chooseSummaryWay({ pi: ready, isModelSet: true })).toEqual(way);
  expect(chooseSummaryWay({ pi: ready, isModelSet: false })).toEqual(way);
  expect(chooseSummaryWay({ pi: unused, isModelSet: true })).toEqual({ kind: "model" });
  expect(chooseSummaryWay({ pi: unused, isModelSet: false })).toEqual({ kind: "extractive" });
});

test("a pi that does not run is passed over, and the note says so where no model has read it", () => {
  const broken = { kind: "broken", problem: "env: node: not found" } as const;
  expect(chooseSummaryWay({ pi: broken, isModelSet: true })).toEqual({ kind: "model" });
  expect(chooseSummaryWay({ pi: broken, isModelSet: false })).toEqual({
    kind: "extractive",
    remark: "pi does not run: env: node: not found",
  });
});

test("three of the choices are agents", () => {
  const choices = ["auto", "pi", "codex", "claude", "model", "extractive"] as const;
  expect(choices.map(agentOf)).toEqual([null, "pi", "codex", "claude", null, null]);
});
